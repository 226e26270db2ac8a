using System.Globalization;
using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class SearchCommandTests
{
    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("prompts-dot")]
    public async Task Hits_are_those_of_the_library(string name)
    {
        var recorded = new RecordedModel(name);
        using var folder = new TemporaryFolder();
        var corpus = folder.Write("corpus.txt", recorded.Text);
        var outcome = (await Outcome.OfAsync("search", "--model", recorded.Folder, "--corpus", corpus, "--query", "A man eats", "--top-k", "3")).Done();

        var model = SentenceTransformer.Load(recorded.Folder);
        var scores = model.Similarity(model.EncodeQuery(["A man eats"]), model.EncodeDocument(recorded.Sentences)).Values.ToArray();
        var best = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(3).ToArray();
        outcome.Lines.ShouldBe(best.Select((i, rank) => $"{rank + 1}\t{scores[i].ToString("F6", CultureInfo.InvariantCulture)}\t{recorded.Sentences[i]}"));
        outcome.Notes.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Several_queries_are_numbered_and_json_has_one_object_for_each()
    {
        var model = new RecordedModel("mean-normalize");
        using var folder = new TemporaryFolder();
        string[] options = ["search", "--model", model.Folder, "--corpus", folder.Write("corpus.txt", model.Text), "--queries", folder.Write("queries.txt", "Hi\nA man\n"), "--top-k", "2"];
        var lines = (await Outcome.OfAsync(options)).Done().Lines;
        lines.Select(line => line[..4]).ShouldBe(["1\t1\t", "1\t2\t", "2\t1\t", "2\t2\t"]);
        lines[0].ShouldBe("1\t1\t1.000000\tHi");

        var records = (await Outcome.OfAsync([.. options, "--format", "json"])).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        records.Select(record => record.GetProperty("query").GetString()).ShouldBe(["Hi", "A man"]);
        var hit = records[0].GetProperty("hits")[0];
        (hit.GetProperty("rank").GetInt32(), hit.GetProperty("line").GetInt32(), hit.GetProperty("text").GetString()).ShouldBe((1, 15, "Hi"));
        hit.GetProperty("score").GetSingle().ShouldBe(1, 1e-5f);
    }

    [Fact]
    public async Task A_small_precision_still_finds_the_text_itself()
    {
        var model = new RecordedModel("mean-normalize");
        var corpus = string.Concat(Enumerable.Range(0, 120).Select(i => $"{model.Sentences[i % 14]} {i}\n"));
        foreach (var precision in (string[])["int8", "uint8", "binary", "ubinary"])
        {
            var outcome = await Outcome.WithInputAsync(corpus, "search", "--model", model.Folder, "--corpus", "-", "--query", "A monkey is playing drums. 7", "--precision", precision);
            outcome.Done().Lines[0].ShouldStartWith("1\t");
            outcome.Lines.Length.ShouldBe(10);
        }
    }

    [Fact]
    public async Task Words_both_ways_and_reranking_find_what_the_library_does()
    {
        var recorded = new RecordedModel("mean-normalize");
        var crossEncoder = Fixtures.Own("st/cross-encoder");
        using var folder = new TemporaryFolder();
        var corpus = folder.Write("corpus.txt", recorded.Text);
        var model = SentenceTransformer.Load(recorded.Folder);
        var words = new Bm25Index(recorded.Sentences);
        var hybrid = new HybridSearch(model, recorded.Sentences, new HybridOptions { Candidates = 5 });
        var reranked = new RetrieveAndRerank(words, recorded.Sentences, CrossEncoder.Load(crossEncoder)) { Candidates = 5 };
        await Finds(words, "--bm25");
        await Finds(hybrid, "--hybrid", "--candidates", "5");
        await Finds(reranked, "--bm25", "--rerank", crossEncoder, "--candidates", "5");
        var late = new RetrieveAndRerank(words, recorded.Sentences, MultiVectorEncoder.Of(model)) { Candidates = 5, RetrieverWeight = 1 };
        await Finds(late, "--bm25", "--rerank", recorded.Folder, "--candidates", "5");
        await Finds(late, "--bm25", "--candidates", "5", "--rerank"); // with --model
        (await Search("--rerank", Fixtures.Own("st/splade"))).Error.ShouldContain("name a cross-encoder, a late-interaction model or a sentence encoder");

        async Task Finds(IRetriever retriever, params string[] options) =>
            (await Search(options)).Done().Lines.ShouldBe(retriever.Search("a man eats bread", 3).Select((hit, rank) =>
                $"{rank + 1}\t{hit.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{recorded.Sentences[hit.Index]}"));

        Task<Outcome> Search(params string[] options) => Outcome.OfAsync(
            ["search", "--model", recorded.Folder, "--corpus", corpus, "--query", "a man eats bread", "--top-k", "3", .. options]);
    }

    [Theory]
    [InlineData("float32", "v.npy")]
    [InlineData("int8", "v.npy")]
    [InlineData("uint8", "v.safetensors")]
    [InlineData("binary", "v.safetensors")]
    [InlineData("ubinary", "v.npy")]
    public async Task Vectors_encoded_before_give_the_hits_of_their_texts(string precision, string name)
    {
        var model = new RecordedModel("mean-normalize");
        using var folder = new TemporaryFolder();
        var corpus = folder.Write("corpus.txt", string.Concat(Enumerable.Range(0, 120).Select(i => $"{model.Sentences[i % 14]} {i}\n")));
        string[] common = ["--model", model.Folder, "--precision", precision];
        (await Outcome.OfAsync(["encode", .. common, "--input", corpus, "--output", folder.Of(name)])).Done();
        string[] query = ["search", .. common, "--query", "A monkey is playing drums. 7", "--rescore", "3"];
        var expected = (await Outcome.OfAsync([.. query, "--corpus", corpus])).Done().Lines;
        (await Outcome.OfAsync([.. query, "--corpus", corpus, "--vectors", folder.Of(name)])).Done().Lines.ShouldBe(expected);

        if (precision is "float32" or "int8" or "uint8")
        {
            // The file and its ranges say what it is.
            (await Outcome.OfAsync(["search", "--model", model.Folder, "--query", query[^3], "--rescore", "3", "--corpus", corpus, "--vectors", folder.Of(name)])).Done().Lines.ShouldBe(expected);
        }

        // Without the texts, their lines.
        var lines = (await Outcome.OfAsync([.. query, "--vectors", folder.Of(name)])).Done().Lines;
        var texts = File.ReadAllLines(corpus);
        lines.Select(line => line.Split('\t')).Select(parts => $"{parts[0]}\t{parts[1]}\t{texts[int.Parse(parts[2], CultureInfo.InvariantCulture) - 1]}").ShouldBe(expected);
        var json = (await Outcome.OfAsync([.. query, "--vectors", folder.Of(name), "--format", "json"])).Done().Lines[0];
        JsonDocument.Parse(json).RootElement.GetProperty("hits")[0].TryGetProperty("text", out _).ShouldBeFalse();

        var other = await Outcome.OfAsync([.. query, "--corpus", folder.Write("other.txt", "one\n"), "--vectors", folder.Of(name)]);
        (other.ExitCode, other.ErrorLines.Length).ShouldBe((1, 1));
        other.Error.ShouldContain("120 vectors");
    }

    [Theory]
    [InlineData("--query", "q", "--corpus", "f", "--rescore", "0")]
    [InlineData("--corpus", "f")]
    [InlineData("--query", "q")]
    [InlineData("--corpus", "f", "--query", "q", "--queries", "g")]
    [InlineData("--corpus", "f", "--query", "q", "--top-k", "0")]
    [InlineData("--corpus", "f", "--query", "q", "--format", "xml")]
    [InlineData("--corpus", "f", "--query", "q", "--bm25", "--hybrid")]
    [InlineData("--corpus", "f", "--query", "q", "--candidates", "5")]
    public async Task A_wrong_command_line_is_told(params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(["search", .. arguments]);
        outcome.ExitCode.ShouldBe(2);
        outcome.Notes.Length.ShouldBe(1);
    }
}
