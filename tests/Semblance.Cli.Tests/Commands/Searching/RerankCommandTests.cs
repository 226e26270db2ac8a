using System.Globalization;
using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class RerankCommandTests
{
    private static readonly string Model = Fixtures.Own("st/cross-encoder");
    private static readonly string[] Corpus = ["The girl is carrying a baby.", "A man is riding a horse.", "", "A woman is playing violin."];

    [Fact]
    public async Task The_ranking_is_that_of_the_library_as_lines_and_as_json()
    {
        using var folder = new TemporaryFolder();
        string[] options = ["rerank", "--model", Model, "--corpus", folder.Write("corpus.txt", string.Join('\n', Corpus) + "\n"), "--query", "A man", "--top-k", "3"];
        var expected = CrossEncoder.Load(Model).Rank("A man", Corpus, topK: 3);
        var outcome = (await Outcome.OfAsync(options)).Done();
        outcome.Lines.ShouldBe(expected.Select((document, i) => $"{i + 1}\t{document.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{document.Text}"));
        outcome.ErrorLines.Length.ShouldBe(1);
        var record = JsonDocument.Parse((await Outcome.OfAsync([.. options, "--format", "json"])).Done().Lines.Single()).RootElement;
        record.GetProperty("query").GetString().ShouldBe("A man");
        record.GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("line").GetInt32()).ShouldBe(expected.Select(document => document.Index + 1));
    }

    [Fact]
    public async Task A_sentence_encoder_ranks_by_its_token_vectors()
    {
        var folder = Fixtures.Own("st/mean-normalize");
        var expected = MultiVectorEncoder.Of(SentenceTransformer.Load(folder)).Rank("A man", Corpus, topK: 3);
        (await Outcome.WithInputAsync(string.Join('\n', Corpus) + "\n", "rerank", "--model", folder, "--corpus", "-", "--query", "A man", "--top-k", "3")).Done().Lines
            .ShouldBe(expected.Select((document, i) => $"{i + 1}\t{document.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{document.Text}"));
    }

    [Fact]
    public async Task Without_a_name_the_late_interaction_head_of_the_default_model_ranks()
    {
        using var folder = new TemporaryFolder();
        var both = folder.Copy("st/mean-normalize");
        var plain = MultiVectorEncoder.Of(SentenceTransformer.Load(both));
        var corpus = string.Join('\n', Corpus) + "\n";
        foreach (var command in (string[][])[["rerank"], ["search", "--rerank"]])
        {
            var refused = await Outcome.OfDefaultAsync(both, corpus, [.. command, "--corpus", "-", "--query", "A man"]);
            (refused.ExitCode, refused.Output).ShouldBe((1, ""));
            refused.ErrorLines.ShouldHaveSingleItem().ShouldContain($"{both}: the default model has no late-interaction head (multi_vector_modules.json) to rank with; name a cross-encoder");
        }

        new MultiVectorEncoder(plain.Modules, plain.Config with { QueryExpansion = new QueryExpansion(9) }).SaveHead(both); // ranks otherwise
        var expected = MultiVectorEncoder.Load(both).Rank("A man", Corpus, topK: 3);
        expected.Select(document => document.Score).ShouldNotBe(plain.Rank("A man", Corpus, topK: 3).Select(document => document.Score));
        var behind = Reranker.Load(both).Behind(new DenseRetriever(SentenceTransformer.Load(both), Corpus), Corpus).Search("A man", 3);
        var fused = behind.Select(hit => new RankedDocument(hit.Index, hit.Score, Corpus[hit.Index])).ToArray();
        foreach (var (command, ranking) in ((string[], RankedDocument[])[])[(["rerank"], expected), (["search", "--rerank"], fused), (["rerank", "--model", both], expected), (["search", "--model", both, "--rerank"], fused)])
        {
            var outcome = await Outcome.OfDefaultAsync(both, corpus, [.. command, "--corpus", "-", "--query", "A man", "--top-k", "3"]);
            outcome.Done().Lines.ShouldBe(ranking.Select((document, i) => $"{i + 1}\t{document.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{document.Text}"));
        }
    }

    [Theory]
    [InlineData("st/splade", "SparseEncoder")]
    [InlineData("st/cross-encoder-nli", "3 labels")]
    public async Task A_model_that_cannot_rank_is_told(string model, string hint)
    {
        var outcome = await Outcome.WithInputAsync("a\n", "rerank", "--model", Fixtures.Own(model), "--corpus", "-", "--query", "b");
        (outcome.ExitCode, outcome.Output).ShouldBe((1, ""));
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldContain(hint);
    }

    [Fact]
    public async Task Predictions_are_a_score_or_a_label_a_line()
    {
        var scores = CrossEncoder.Load(Model).Predict([("A man", "a horse"), ("", "x")]).Scores.Values.ToArray();
        (await Outcome.WithInputAsync("A man\ta horse\n\tx\n", "predict", "--model", Model)).Done().Lines.ShouldBe(scores.Select(score => score.ToString("F6", CultureInfo.InvariantCulture)));
        var nli = Fixtures.Own("st/cross-encoder-nli");
        var line = (await Outcome.WithInputAsync("A man\ta horse\n", "predict", "--model", nli, "--softmax")).Done().Lines.Single().Split('\t');
        line.Length.ShouldBe(4);
        line[0].ShouldBe(CrossEncoder.Load(nli).Predict([("A man", "a horse")]).LabelOf(0));
        line[1..].Sum(score => float.Parse(score, CultureInfo.InvariantCulture)).ShouldBe(1, 1e-5f);
        JsonDocument.Parse((await Outcome.WithInputAsync("A man\ta horse\n", "predict", "--model", nli, "--format", "json")).Done().Lines.Single())
            .RootElement.GetProperty("scores").EnumerateObject().Count().ShouldBe(3);
        (await Outcome.WithInputAsync("no tab\n", "predict", "--model", Model)).ErrorLines.ShouldHaveSingleItem().ShouldContain("tab");
        (await Outcome.WithInputAsync("a\tb\n", "predict", "--model", Model, "--softmax")).ErrorLines.ShouldHaveSingleItem().ShouldContain("--softmax is for models with several labels");
    }

    [Fact]
    public async Task A_sparse_model_encodes_to_json_lines_only()
    {
        var model = Fixtures.Own("st/splade");
        using var folder = new TemporaryFolder();
        var expected = SparseEncoder.Load(model).Encode("A man", new SparseEncodeOptions { MaxActiveDimensions = 4 });
        (await Outcome.WithInputAsync("A man\n", "encode", "--model", model, "--output", folder.Of("out.jsonl"), "--max-active-dims", "4")).Done().Error.ShouldContain("4.0 of 190 dimensions");
        var record = JsonDocument.Parse(File.ReadAllText(folder.Of("out.jsonl"))).RootElement;
        record.GetProperty("indices").EnumerateArray().Select(index => index.GetInt32()).ShouldBe(expected.Indices.ToArray());
        record.GetProperty("values").EnumerateArray().Select(value => value.GetSingle()).ShouldBe(expected.Values.ToArray());
        record = JsonDocument.Parse((await Outcome.WithInputAsync("A man\n", "encode", "--model", model, "--tokens")).Done().Lines.Single()).RootElement;
        record.GetProperty("tokens").GetArrayLength().ShouldBeGreaterThan(100);
        (await Outcome.WithInputAsync("A man\n", "encode", "--model", model, "--output", folder.Of("out.npy"))).ErrorLines.ShouldHaveSingleItem().ShouldContain(".jsonl");
        (await Outcome.WithInputAsync("A man\n", "encode", "--model", model, "--normalize")).ErrorLines.ShouldHaveSingleItem().ShouldContain("--normalize");
        (await Outcome.WithInputAsync("A man\n", "encode", "--model", Fixtures.Own("st/mean-normalize"), "--tokens")).ErrorLines.ShouldHaveSingleItem().ShouldContain("sparse");
        folder.Files.ShouldBe(["out.jsonl"]);
    }
}
