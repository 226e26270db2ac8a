namespace Semblance.Tests.Index;

public sealed class TextIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SentenceTransformer _model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")); // sixteen tokens

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_search_shows_each_document_once_with_its_best_passage()
    {
        var texts = Enumerable.Range(0, 20).ToDictionary(
            i => (VectorId)$"d{i}", i => string.Join(". ", Enumerable.Repeat("The man is eating the food", 8)) + $". The girl plays 👍. {i}");
        var settings = TextIndexSettings.Of(_model, new EncodeOptions { Truncation = Truncation.Chunk, ChunkSize = 10 });
        var records = TextIndex.EncodeAsync(_model, Records(texts), settings);
        using var built = await HnswIndex.BuildAsync(_folder.Of("i"), records, new HnswOptions { Attributes = settings.ToAttributes() });
        built.Count.ShouldBeGreaterThan(100);
        built.HasPassages().ShouldBeTrue();
        TextIndexSettings.Of(built).ShouldBe(settings);

        var index = new TextIndex(built, _model);
        index.Warnings.ShouldBeEmpty();
        var hits = (await index.SearchAsync(["The man is eating the food."], new VectorQuery { TopK = 15 })).Single();
        hits.Count.ShouldBe(15);
        hits.Select(hit => hit.Id).ShouldBeUnique();
        hits.Select(hit => hit.Score).ShouldBeInOrder(SortDirection.Descending);
        foreach (var hit in hits)
        {
            hit.Passage!.Value.Of(texts[hit.Id]).ToString().ShouldBe(hit.Text);
            var (start, end) = (hit.Passage.Value.CodePointStart, hit.Passage.Value.CodePointEnd);
            string.Concat(texts[hit.Id].EnumerateRunes().Skip(start).Take(end - start)).ShouldBe(hit.Text);
            hit.Metadata.ShouldBe(new Dictionary<string, string> { ["k"] = "v" });
        }

        // The vector of a passage is that of its text alone.
        var passage = await built.GetAsync("d3#2");
        Similarity.Of(passage!.Vector.Span, _model.Encode(passage.Text!), SimilarityFunction.Cosine).ShouldBe(1, 1e-6f);
        (await index.SearchAsync(["x"], new VectorQuery { TopK = 100 })).Single().Count.ShouldBe(20);
    }

    [Fact]
    public async Task Documents_are_replaced_and_deleted_with_all_of_their_passages()
    {
        var settings = TextIndexSettings.Of(_model, new EncodeOptions { Truncation = Truncation.Chunk, ChunkSize = 8 });
        using var built = HnswIndex.Create(_folder.Of("i"), 32, new HnswOptions { Attributes = settings.ToAttributes() });
        var index = new TextIndex(built, _model);
        var longText = string.Join(' ', Enumerable.Repeat("the man", 30));
        VectorId number = 42, text = "42";
        (await index.UpsertAsync(Records(new() { [number] = longText, [text] = longText }))).ShouldBe(2);
        var before = built.Count;
        (await index.UpsertAsync(Records(new() { [text] = "the girl" }))).ShouldBe(1);
        built.Count.ShouldBe((before / 2) + 1);
        (await index.SearchAsync(["the girl"], new VectorQuery { TopK = 2 })).Single().Select(hit => hit.Id).ShouldBe([text, number]);
        (await built.DeleteDocumentsAsync([number, "none"])).ShouldBe(1);
        (await index.SearchAsync(["the girl"])).Single().ShouldHaveSingleItem().Id.ShouldBe(text);
        built.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_index_without_passages_has_documents_without_places()
    {
        var settings = TextIndexSettings.Of(_model);
        using var built = HnswIndex.Create(_folder.Of("i"), 32, new HnswOptions { Attributes = settings.ToAttributes() });
        var index = new TextIndex(built, _model);
        await index.UpsertAsync(Records(new() { ["a"] = "the man", [2] = "the girl" }));
        var hit = (await index.SearchAsync(["the girl"], new VectorQuery { TopK = 1 })).Single().Single();
        (hit.Id, hit.Text, hit.Passage).ShouldBe((2, "the girl", null));
        (await built.DeleteDocumentsAsync([2])).ShouldBe(1);
    }

    [Fact]
    public async Task Another_model_is_refused_and_the_same_in_half_precision_is_not()
    {
        var settings = TextIndexSettings.Of(_model) with { Model = "acme/model", Revision = "abc" };
        using var built = HnswIndex.Create(_folder.Of("i"), 32, new HnswOptions { Attributes = settings.ToAttributes() });
        var other = SentenceTransformer.Load(Fixtures.Own("st/prompts-dot"));
        Should.Throw<IndexModelException>(() => new TextIndex(built, other)).Message.ShouldBe(
            "The index was built with the model 'acme/model' (revision abc), and the given model computes other vectors of the same dimension; use the "
            + "model of the index, or build the index again.");
        _model.Save(_folder.Of("half"), Checkpoints.DType.F16);
        new TextIndex(built, SentenceTransformer.Load(_folder.Of("half"))).Settings.Revision.ShouldBe("abc");

        using var narrow = HnswIndex.Create(_folder.Of("narrow"), 8);
        Should.Throw<IndexModelException>(() => new TextIndex(narrow, _model)).Message.ShouldStartWith("The index has vectors of dimension 8, of another model, but");
        using var old = HnswIndex.Create(_folder.Of("old"), 32);
        new TextIndex(old, other).Warnings.ShouldHaveSingleItem().ShouldStartWith("the index does not record the model");
        await Task.CompletedTask;
    }

    private static IAsyncEnumerable<VectorRecord> Records(Dictionary<VectorId, string> texts) => texts.Select(
        text => new VectorRecord(text.Key, default, text.Value, new Dictionary<string, string> { ["k"] = "v" })).ToAsyncEnumerable();
}
