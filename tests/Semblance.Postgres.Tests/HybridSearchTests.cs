namespace Semblance.Postgres.Tests;

[Collection(PostgresTests.Name)]
public class HybridSearchTests(PostgresServer server)
{
    private static readonly VectorRecord[] Records =
    [
        new("a", new float[] { 1, 0 }, "How do I reset my password?", new Dictionary<string, string> { ["kind"] = "login" }),
        new("b", new float[] { 0.9f, 0.4f }, "The parcel never came."),
        new("c", new float[] { 0, 1 }, "Resetting passwords takes a minute.", new Dictionary<string, string> { ["kind"] = "login" }),
        new("d", new float[] { -1, 0.1f }, "如何重置我的密码?"),
        new("e", new float[] { -1, 0 }, null),
    ];

    [PostgresFact]
    public async Task Ranks_of_vectors_and_words_are_fused_by_their_reciprocals()
    {
        await using var made = await server.BuildAsync(Records, new PostgresIndexOptions { TextSearch = "english" });
        var hits = await made.Index.HybridSearchAsync(new float[] { 1, 0 }, "password -minute");
        hits.Select(hit => hit.Id.Text).ShouldBe(["a", "b", "c", "d", "e"]);
        hits[0].Score.ShouldBe((1f / 61) + (1f / 61), 1e-6f);
        hits[1].Score.ShouldBe(1f / 62, 1e-6f);

        var weighted = await made.Index.HybridSearchAsync(new float[] { 1, 0 }, "\"resetting passwords\"", new HybridQuery { RankConstant = 0, VectorWeight = 0.5, WordWeight = 3, TopK = 2 });
        weighted.Select(hit => (hit.Id.Text, hit.Score)).ShouldBe([("c", 3f + (0.5f / 3)), ("a", 0.5f)]);

        var filtered = await made.Index.HybridSearchAsync(new float[] { 0, 1 }, "parcel or password", new HybridQuery { Filter = VectorFilter.Label("kind", "login") });
        filtered.Select(hit => hit.Id.Text).ShouldBe(["a", "c"], ignoreOrder: true);
        (await made.Index.HybridSearchAsync(new float[] { 0, 1 }, "")).Count.ShouldBe(5); // no words: the vectors alone
        await Should.ThrowAsync<ArgumentException>(async () => await made.Index.HybridSearchAsync(new float[2], "x", new HybridQuery { WordWeight = double.NaN }));
    }

    [PostgresTheory]
    [InlineData("重置密码", "d")]
    [InlineData("\"重置我的密码\"", "d")]
    [InlineData("password", "a")]
    public async Task Chinese_words_are_found_by_pairs_of_characters(string words, string id)
    {
        await using var made = await server.CreateAsync(2, new PostgresIndexOptions { TextSearch = "simple", Bigrams = true });
        await made.Index.AddAsync(Records);
        var hits = await made.Index.HybridSearchAsync(new float[] { 0, 1 }, words, new HybridQuery { VectorWeight = 0 });
        hits[0].Id.Text.ShouldBe(id);
        hits.Count(hit => hit.Score > 0).ShouldBe(1);
    }

    [PostgresFact]
    public async Task An_index_without_words_says_so()
    {
        await using var made = await server.CreateAsync(2);
        (await Should.ThrowAsync<InvalidOperationException>(async () => await made.Index.HybridSearchAsync(new float[2], "x"))).Message.ShouldContain("TextSearch");
    }

    [PostgresFact]
    public async Task A_text_of_any_length_is_kept_and_its_beginning_indexed()
    {
        await using var made = await server.CreateAsync(2, new PostgresIndexOptions { TextSearch = "simple", Bigrams = true });
        var text = "密码 first " + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"w{i} 字{(char)(0x4E00 + (i % 20_000))}"));
        await made.Index.AddAsync([new(1, new float[] { 1, 0 }, text)]);
        (await made.Index.GetAsync(1))!.Text.ShouldBe(text);
        (await made.Index.HybridSearchAsync(new float[] { 0, 1 }, "first 密码"))[0].Score.ShouldBe(2f / 61, 1e-6f);
    }
}
