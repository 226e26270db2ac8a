namespace Semblance.Postgres.Tests;

public class BinaryCopyTests
{
    // PostgreSQL's COPY: fields, then length and bytes of each; jsonb begins with its version, a vector with dimension and zero.
    [Theory]
    [InlineData(PostgresStorage.Float32, "0000000C 0002 0000 3F800000 C0000000")]
    [InlineData(PostgresStorage.Float16, "00000008 0002 0000 3C00 C000")]
    [InlineData(PostgresStorage.Binary, "0000000C 0002 0000 3F800000 C0000000")]
    public void A_row_is_sent_as_PostgreSQL_and_pgvector_document_it(PostgresStorage storage, string vector)
    {
        var table = new IndexTable("t", 2, new PostgresIndexOptions { Storage = storage, TextSearch = "simple", Bigrams = true }, true);
        var sent = Convert.ToHexString(BinaryCopy.Of(new LoadRow("7", [1, -2], "é", "{}", null), table));
        sent.ShouldBe($"0005 00000002 01 37 {vector} 00000002 C3A9 00000003 01 7B7D FFFFFFFF".Replace(" ", "", StringComparison.Ordinal));
    }
}
