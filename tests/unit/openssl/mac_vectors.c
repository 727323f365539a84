/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Known answers of MACs; the source is said at each group.
 */
#include "mac_vectors.h"

#include "holdfast/crypto.h"

/* clang-format off */
const mac_vector mac_vectors[] = {
    /* RFC 2202 3, cases 1 to 4, 6, 7. */
    { HF_ALG_HMAC_SHA1, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "b617318655057264e28bc0b6fb378c8ef146be00" },
    { HF_ALG_HMAC_SHA1, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { HF_ALG_HMAC_SHA1, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddddddd",
      "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
    { HF_ALG_HMAC_SHA1, HF_KEY_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "4c9007f4026250c6bc8414f9bf50c86c2d7235da" },
    { HF_ALG_HMAC_SHA1, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
    { HF_ALG_HMAC_SHA1, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b657920616e64204c6172676572205468616e204f6e6520426c6f636b2d"
      "53697a652044617461",
      "e8e99d0f45237d786d6bbaa7965c7808bbff1a91" },
    /* RFC 4231 4.2 to 4.5, 4.7, 4.8. */
    { HF_ALG_HMAC_SHA224, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22" },
    { HF_ALG_HMAC_SHA224, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44" },
    { HF_ALG_HMAC_SHA224, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddddddd",
      "7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea" },
    { HF_ALG_HMAC_SHA224, HF_KEY_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a" },
    { HF_ALG_HMAC_SHA224, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e" },
    { HF_ALG_HMAC_SHA224, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "5468697320697320612074657374207573696e672061206c6172676572207468"
      "616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
      "68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
      "647320746f20626520686173686564206265666f7265206265696e6720757365"
      "642062792074686520484d414320616c676f726974686d2e",
      "3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1" },
    { HF_ALG_HMAC_SHA256, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { HF_ALG_HMAC_SHA256, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { HF_ALG_HMAC_SHA256, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddddddd",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { HF_ALG_HMAC_SHA256, HF_KEY_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { HF_ALG_HMAC_SHA256, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { HF_ALG_HMAC_SHA256, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "5468697320697320612074657374207573696e672061206c6172676572207468"
      "616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
      "68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
      "647320746f20626520686173686564206265666f7265206265696e6720757365"
      "642062792074686520484d414320616c676f726974686d2e",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
    { HF_ALG_HMAC_SHA384, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
      "faea9ea9076ede7f4af152e8b2fa9cb6" },
    { HF_ALG_HMAC_SHA384, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
      "8e2240ca5e69e2c78b3239ecfab21649" },
    { HF_ALG_HMAC_SHA384, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddddddd",
      "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
      "2a5ab39dc13814b94e3ab6e101a34f27" },
    { HF_ALG_HMAC_SHA384, HF_KEY_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e"
      "6801dd23c4a7d679ccf8a386c674cffb" },
    { HF_ALG_HMAC_SHA384, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
      "0c2ef6ab4030fe8296248df163f44952" },
    { HF_ALG_HMAC_SHA384, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "5468697320697320612074657374207573696e672061206c6172676572207468"
      "616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
      "68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
      "647320746f20626520686173686564206265666f7265206265696e6720757365"
      "642062792074686520484d414320616c676f726974686d2e",
      "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5"
      "a678cc31e799176d3860e6110c46523e" },
    { HF_ALG_HMAC_SHA512, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
      "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
    { HF_ALG_HMAC_SHA512, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
    { HF_ALG_HMAC_SHA512, HF_KEY_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddddddd",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
      "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
    { HF_ALG_HMAC_SHA512, HF_KEY_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
      "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
    { HF_ALG_HMAC_SHA512, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
      "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
    { HF_ALG_HMAC_SHA512, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "5468697320697320612074657374207573696e672061206c6172676572207468"
      "616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
      "68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
      "647320746f20626520686173686564206265666f7265206265696e6720757365"
      "642062792074686520484d414320616c676f726974686d2e",
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
      "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" },
    /* RFC 4231's inputs. */
    { HF_ALG_HMAC_SHA512_224, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "b244ba01307c0e7a8ccaad13b1067a4cf6b961fe0c6a20bda3d92039" },
    { HF_ALG_HMAC_SHA512_224, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "4a530b31a79ebcce36916546317c45f247d83241dfb818fd37254bde" },
    { HF_ALG_HMAC_SHA512_224, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "29bef8ce88b54d4226c3c7718ea9e32ace2429026f089e38cea9aeda" },
    { HF_ALG_HMAC_SHA512_256, HF_KEY_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "",
      "4869205468657265",
      "9f9126c3d9c3c330d760425ca8a217e31feae31bfe70196ff81642b868402eab" },
    { HF_ALG_HMAC_SHA512_256, HF_KEY_SECRET,
      "4a656665",
      "",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "6df7b24630d5ccb2ee335407081a87188c221489768fa2020513b2d593359456" },
    { HF_ALG_HMAC_SHA512_256, HF_KEY_SECRET,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaa",
      "",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
      "65204b6579202d2048617368204b6579204669727374",
      "87123c45f7c537a404f8f47cdbedda1fc9bec60eeb971982ce7ef10e774e6539" },
    /* NIST's example values of HMAC-SHA3. */
    { HF_ALG_HMAC_SHA3_224, HF_KEY_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3c626c6f636b6c"
      "656e",
      "332cfd59347fdb8e576e77260be4aba2d6dc53117b3bfb52c6d18c04" },
    { HF_ALG_HMAC_SHA3_224, HF_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "808182838485868788898a8b8c8d8e8f",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3d626c6f636b6c"
      "656e",
      "d8b733bcf66c644a12323d564e24dcf3fc75f231f3b67968359100c7" },
    { HF_ALG_HMAC_SHA3_224, HF_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
      "a0a1a2a3a4a5a6a7a8a9aaab",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3e626c6f636b6c"
      "656e",
      "078695eecc227c636ad31d063a15dd05a7e819a66ec6d8de1e193e59" },
    { HF_ALG_HMAC_SHA3_256, HF_KEY_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3c626c6f636b6c"
      "656e",
      "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205" },
    { HF_ALG_HMAC_SHA3_256, HF_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "8081828384858687",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3d626c6f636b6c"
      "656e",
      "68b94e2e538a9be4103bebb5aa016d47961d4d1aa906061313b557f8af2c3faa" },
    { HF_ALG_HMAC_SHA3_256, HF_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
      "a0a1a2a3a4a5a6a7",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3e626c6f636b6c"
      "656e",
      "9bcf2c238e235c3ce88404e813bd2f3a97185ac6f238c63d6229a00b07974258" },
    { HF_ALG_HMAC_SHA3_384, HF_KEY_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3c626c6f636b6c"
      "656e",
      "d588a3c51f3f2d906e8298c1199aa8ff6296218127f6b38a90b6afe2c5617725"
      "bc99987f79b22a557b6520db710b7f42" },
    { HF_ALG_HMAC_SHA3_384, HF_KEY_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "6061626364656667",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3d626c6f636b6c"
      "656e",
      "a27d24b592e8c8cbf6d4ce6fc5bf62d8fc98bf2d486640d9eb8099e24047837f"
      "5f3bffbe92dcce90b4ed5b1e7e44fa90" },
    { HF_ALG_HMAC_SHA3_384, HF_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "808182838485868788898a8b8c8d8e8f9091929394959697",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3e626c6f636b6c"
      "656e",
      "e5ae4c739f455279368ebf36d4f5354c95aa184c899d3870e460ebc288ef1f94"
      "70053f73f7c6da2a71bcaec38ce7d6ac" },
    { HF_ALG_HMAC_SHA3_512, HF_KEY_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3c626c6f636b6c"
      "656e",
      "4efd629d6c71bf86162658f29943b1c308ce27cdfa6db0d9c3ce81763f9cbce5"
      "f7ebe9868031db1a8f8eb7b6b95e5c5e3f657a8996c86a2f6527e307f0213196" },
    { HF_ALG_HMAC_SHA3_512, HF_KEY_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "4041424344454647",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3d626c6f636b6c"
      "656e",
      "544e257ea2a3e5ea19a590e6a24b724ce6327757723fe2751b75bf007d80f6b3"
      "60744bf1b7a88ea585f9765b47911976d3191cf83c039f5ffab0d29cc9d9b6da" },
    { HF_ALG_HMAC_SHA3_512, HF_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "8081828384858687",
      "",
      "53616d706c65206d65737361676520666f72206b65796c656e3e626c6f636b6c"
      "656e",
      "5f464f5e5b7848e3885e49b2c385f0694985d0e38966242dc4a5fe3fea4b37d4"
      "6b65ceced5dcf59438dd840bab22269f0ba7febdb9fcf74602a35666b2a32915" },
    /* SP 800-38B D.1 to D.3. */
    { HF_ALG_AES_CMAC, HF_KEY_AES_128,
      "2b7e151628aed2a6abf7158809cf4f3c",
      "",
      "",
      "bb1d6929e95937287fa37d129b756746" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_128,
      "2b7e151628aed2a6abf7158809cf4f3c",
      "",
      "6bc1bee22e409f96e93d7e117393172a",
      "070a16b46b4d4144f79bdd9dd04a287c" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_128,
      "2b7e151628aed2a6abf7158809cf4f3c",
      "",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411",
      "dfa66747de9ae63030ca32611497c827" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_128,
      "2b7e151628aed2a6abf7158809cf4f3c",
      "",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
      "51f0bebf7e3b9d92fc49741779363cfe" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_192,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "",
      "",
      "d17ddf46adaacde531cac483de7a9367" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_192,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "",
      "6bc1bee22e409f96e93d7e117393172a",
      "9e99a7bf31e710900662f65e617c5184" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_192,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411",
      "8a1de5be2eb31aad089a82e6ee908b0e" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_192,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
      "a1d5df0eed790f794d77589659f39a11" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_256,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "",
      "",
      "028962f61b7bf89efc6b551f4667d983" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_256,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "",
      "6bc1bee22e409f96e93d7e117393172a",
      "28a7023f452e8f82bd4bf28d8c37c35c" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_256,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411",
      "aaf3d8f1de5640c232f5b169b9c911e6" },
    { HF_ALG_AES_CMAC, HF_KEY_AES_256,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
      "e1992190549f6ed5696a2c056c315410" },
    /* The GCM specification, cases 1, 7, 13: no data; its keys and nonces with data. */
    { HF_ALG_AES_GMAC, HF_KEY_AES_128,
      "00000000000000000000000000000000",
      "000000000000000000000000",
      "",
      "58e2fccefa7e3061367f1d57a4e7455a" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_192,
      "000000000000000000000000000000000000000000000000",
      "000000000000000000000000",
      "",
      "cd33b28ac773f74ba00ed1f312572435" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_256,
      "0000000000000000000000000000000000000000000000000000000000000000",
      "000000000000000000000000",
      "",
      "530f8afbc74536b9a963b4f1c4cb738b" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_128,
      "feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "346434fd51d5cd0c5887ec63e39b907a" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_128,
      "feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbad",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "ef6995e531e81a01f5b2f7762cc60bd2" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_128,
      "feffe9928665731c6d6a8f9467308308",
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
      "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "7be5178ff2b73c7d6f8b4dfdde8437ec" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_128,
      "feffe9928665731c6d6a8f9467308308",
      "ca",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "1dd4ca494cf48732ee6a70218cf32f17" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_128,
      "feffe9928665731c6d6a8f9467308308",
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
      "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b9313225d"
      "f88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c951"
      "56809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b9313225df88406e5",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "53f636ea87b8e2bc6694c125570768a7" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_192,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c",
      "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "c8253387e5f78673d538a60d50527a92" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_192,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c",
      "cafebabefacedbad",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "7ba64f48824e0d4068f5612297aeca07" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_192,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c",
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
      "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "5eb38040d69c5d9f368616777b7d913b" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_192,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c",
      "ca",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "fcd2bef348fe2dd5fbaa77afb531c7cd" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_192,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c",
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
      "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b9313225d"
      "f88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c951"
      "56809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b9313225df88406e5",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "04ded1f373e5d02fd416c3018127ad74" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_256,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "9f6be07603c0b0bd1272854063e9c9ba" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_256,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbad",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "2dd775575822838efa7652ae6cd0c455" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_256,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
      "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "13f207698df35d1202f5fad97091f555" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_256,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "ca",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "5c5cc50646c1767e8d971ce33a894a63" },
    { HF_ALG_AES_GMAC, HF_KEY_AES_256,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
      "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b9313225d"
      "f88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c951"
      "56809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b9313225df88406e5",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "9f15f108d43c3a828f889aa7504a0a9d" },
};
/* clang-format on */

const size_t mac_vector_count = sizeof(mac_vectors) / sizeof(mac_vectors[0]);
