/* collection_pack.c - collections and uploads to bytes and back; see shm/pack.c.
 *
 * Both are sealed with where they belong. Works on the stack; must not know transactions.
 */
#include <endian.h>
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/collection.h"

enum { SEAL_N = 8 };

void pl_pack_collection(struct pl_pack *pack, const struct pl_collection *collection)
{
    pack->n = 0;
    pl_pack_be(pack, collection->id, 8);
    pl_pack_bytes(pack, collection->stamp.bytes, PL_STAMP_N);
    pl_pack_be(pack, collection->put_wall_ns, 8);
    pl_pack_be(pack, collection->uploads, 4);
    pl_pack_seal(pack, pl_checksum(collection->name, strlen(collection->name)));
}

enum pl_err pl_unpack_collection(const MDB_val *name, const MDB_val *value,
                                 struct pl_collection *out, struct pl_error *error)
{
    if (name->mv_size > PL_COLLECTION_MAX ||
        !pl_pack_sealed(value->mv_data, value->mv_size, pl_checksum(name->mv_data, name->mv_size)))
        return pl_fail(error, PL_E_IO, "the catalogue's record of a collection is damaged");
    struct pl_cur cur = PL_CUR(value->mv_data, value->mv_size - SEAL_N);
    memcpy(out->name, name->mv_data, name->mv_size);
    out->name[name->mv_size] = '\0';
    out->id = pl_cur_be64(&cur);
    pl_unpack_bytes(&cur, out->stamp.bytes, PL_STAMP_N);
    out->put_wall_ns = pl_cur_be64(&cur);
    out->uploads = pl_cur_be32(&cur);
    if (cur.bad || pl_cur_left(&cur) != 0)
        return pl_fail(error, PL_E_IO, "the catalogue's record of a collection has a wrong length");
    return PL_OK;
}

void pl_upload_key(uint8_t out[PL_UPLOAD_KEY_N], uint64_t collection_id,
                   const struct pl_stamp *stamp)
{
    uint64_t id = htobe64(collection_id);
    memcpy(out, &id, 8);
    for (unsigned i = 0; i < 8; i++)
        out[8 + i] = stamp != NULL ? (uint8_t)~stamp->bytes[PL_STAMP_N - 8 + i] : 0;
}

void pl_pack_upload(struct pl_pack *pack, const uint8_t key[PL_UPLOAD_KEY_N],
                    const struct pl_upload *upload)
{
    pack->n = 0;
    pl_pack_be(pack, upload->source_id, 8);
    pl_pack_bytes(pack, upload->stamp.bytes, PL_STAMP_N);
    pl_pack_bytes(pack, upload->sha256, PL_SHA256_N);
    pl_pack_be(pack, upload->bytes, 8);
    pl_pack_be(pack, upload->put_wall_ns, 8);
    pl_pack_be(pack, upload->items, 4);
    pl_pack_text(pack, upload->renderer, sizeof upload->renderer);
    pl_pack_text(pack, upload->name, sizeof upload->name);
    pl_pack_be(pack, upload->checked_n, 2);
    pl_pack_bytes(pack, upload->checked, upload->checked_n);
    pl_pack_seal(pack, pl_checksum(key, PL_UPLOAD_KEY_N));
}

enum pl_err pl_unpack_upload(const MDB_val *key, const MDB_val *value, struct pl_upload *out,
                             struct pl_error *error)
{
    if (key->mv_size != PL_UPLOAD_KEY_N ||
        !pl_pack_sealed(value->mv_data, value->mv_size, pl_checksum(key->mv_data, key->mv_size)))
        return pl_fail(error, PL_E_IO, "the catalogue's record of an upload is damaged");
    struct pl_cur cur = PL_CUR(value->mv_data, value->mv_size - SEAL_N);
    out->source_id = pl_cur_be64(&cur);
    pl_unpack_bytes(&cur, out->stamp.bytes, PL_STAMP_N);
    pl_unpack_bytes(&cur, out->sha256, PL_SHA256_N);
    out->bytes = pl_cur_be64(&cur);
    out->put_wall_ns = pl_cur_be64(&cur);
    out->items = pl_cur_be32(&cur);
    pl_unpack_text(&cur, out->renderer, sizeof out->renderer);
    pl_unpack_text(&cur, out->name, sizeof out->name);
    out->checked_n = pl_cur_be16(&cur);
    if (out->checked_n > sizeof out->checked)
        cur.bad = true;
    else
        pl_unpack_bytes(&cur, out->checked, out->checked_n);
    if (cur.bad || pl_cur_left(&cur) != 0)
        return pl_fail(error, PL_E_IO, "the catalogue's record of an upload has a wrong length");
    return PL_OK;
}
