using System.Text.Json;

namespace Semblance.Cli.Tests.Commands.Indexes;

/// <summary>An index knows the model that encoded its vectors, with its prompts.</summary>
public sealed class IndexModelTests : IDisposable
{
    private static readonly RecordedModel Model = new("mean-normalize");
    private static readonly RecordedModel Prompts = new("prompts-dot"); // of the same dimension, with the prompts query and document

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Another_model_of_the_same_dimension_is_refused_by_name()
    {
        await BuildAsync("i", Model);
        foreach (var command in (string[][])[["search", "--query", "Hi"], ["add", "--input", _folder.Of("in.txt")]])
        {
            var refused = await Outcome.OfAsync(["index", .. command, "--index", _folder.Of("i"), "--model", Prompts.Folder]);
            refused.ExitCode.ShouldBe(1);
            refused.ErrorLines.ShouldHaveSingleItem().ShouldBe(
                $"semblance: The index was built with the model '{Model.Folder}', and the given model computes other vectors of the same dimension; "
                + "use the model of the index, or build the index again.");
        }

        // A copy of the model under another name is the same model.
        (await Outcome.OfAsync("index", "search", "--index", _folder.Of("i"), "--query", "Hi", "--top-k", "1", "--model", _folder.Copy("st/mean-normalize"))).Done().Lines.Single().ShouldEndWith("\tHi");
    }

    [Fact]
    public async Task The_bundled_model_is_known_too_and_another_one_in_its_place_is_refused()
    {
        string[] build = ["index", "build", "--index", _folder.Of("i"), "--input", _folder.Write("in.txt", "Hi\nyou\n")];
        string[] search = ["index", "search", "--index", _folder.Of("i"), "--query", "Hi", "--top-k", "1"];
        (await Outcome.OfDefaultAsync(Model.Folder, "", build)).Done();
        (await Outcome.OfDefaultAsync(Model.Folder, "", search)).Done().Lines.ShouldBe(["1\t1.000000\t1\tHi"]);
        (await Outcome.OfDefaultAsync(Prompts.Folder, "", search)).Error.ShouldContain("was built with the model 'default'");
        (await Outcome.OfAsync([.. search, "--model", Model.Folder])).Done(); // its own name does not matter
    }

    [Fact]
    public async Task Info_shows_model_prompts_and_compute_type()
    {
        await BuildAsync("i", Prompts, "--prompt", "find: ", "--corpus-prompt-name", "document");
        var text = (await Outcome.OfAsync("index", "info", "--index", _folder.Of("i"))).Done().Output;
        text.ShouldContain($"model            {Prompts.Folder}\n");
        text.ShouldContain("compute type     float32\n");
        text.ShouldContain("query prompt     find: \n");
        text.ShouldContain("document prompt  ");
        text.ShouldNotContain("probe");
        var json = JsonDocument.Parse((await Outcome.OfAsync("index", "info", "--index", _folder.Of("i"), "--format", "json")).Done().Output).RootElement;
        json.GetProperty("query_prompt").GetString().ShouldBe("find: ");
        json.GetProperty("document_prompt").GetString().ShouldBe(SentenceTransformer.Load(Prompts.Folder).Config.Prompts["document"]);
    }

    [Fact]
    public async Task Documents_and_queries_have_the_prompts_of_the_index()
    {
        var model = SentenceTransformer.Load(Prompts.Folder);
        await BuildAsync("plain", Prompts);
        (await ScoreAsync("plain")).ShouldBe(Similarity.Of(model.EncodeQuery(["Hi"])[0], model.EncodeDocument(["you"])[0], model.Config.SimilarityFunction), 1e-4);
        await BuildAsync("own", Prompts, "--prompt", "find: ", "--corpus-prompt", "text: ");
        (await ScoreAsync("own")).ShouldBe(Similarity.Of(model.Encode("find: Hi"), model.Encode("text: you"), model.Config.SimilarityFunction), 1e-4);
        (await ScoreAsync("own", "--prompt", "")).ShouldBe(Similarity.Of(model.Encode("Hi", new EncodeOptions { Prompt = "" }), model.Encode("text: you"), model.Config.SimilarityFunction), 1e-4);
        (await Outcome.OfAsync("index", "add", "--index", _folder.Of("own"), "--input", _folder.Write("more.txt", "girl\n"))).Done();
        using var index = HnswIndex.OpenReadOnly(_folder.Of("own"));
        var added = (await index.GetAsync(3))!.Vector;
        added.Length.ShouldBe(32);
        Similarity.Of(added.Span, model.Encode("text: girl"), SimilarityFunction.Cosine).ShouldBe(1, 1e-5f);

        async Task<double> ScoreAsync(string name, params string[] more) => JsonDocument.Parse((await Outcome.OfAsync(
            ["index", "search", "--index", _folder.Of(name), "--query", "Hi", "--format", "json", .. more])).Done().Output)
            .RootElement.GetProperty("hits").EnumerateArray().Single(hit => hit.GetProperty("text").GetString() == "you").GetProperty("score").GetDouble();
    }

    [Fact]
    public async Task An_index_of_vectors_knows_the_model_that_is_named()
    {
        var input = _folder.Write("in.txt", "Hi\nyou\n");
        (await Outcome.OfAsync("encode", "--model", Model.Folder, "--input", input, "--output", _folder.Of("v.npy"))).Done();
        (await Outcome.OfAsync("index", "build", "--index", _folder.Of("i"), "--model", Model.Folder, "--input", _folder.Of("v.npy"), "--texts", input)).Done();
        var found = (await Outcome.OfAsync("index", "search", "--index", _folder.Of("i"), "--query", "Hi", "--top-k", "1")).Done();
        found.Lines.ShouldBe(["1\t1.000000\t1\tHi"]);
        found.Error.ShouldNotContain("warning");
    }

    [Fact]
    public async Task An_older_index_opens_with_a_warning()
    {
        var model = SentenceTransformer.Load(Model.Folder);
        using (var built = HnswIndex.Create(_folder.Of("i"), 32, new HnswOptions { Attributes = new Dictionary<string, string> { ["model"] = Model.Folder } }))
        {
            await built.AddAsync([new VectorRecord(1, model.Encode("Hi"), "Hi")]);
        }

        var found = (await Outcome.OfAsync("index", "search", "--index", _folder.Of("i"), "--query", "Hi")).Done();
        found.Lines.ShouldBe(["1\t1.000000\t1\tHi"]);
        found.ErrorLines[0].ShouldBe("warning: the index does not record the model that encoded its vectors, so it cannot be checked; build the index again to record it.");
    }

    [Fact]
    public async Task Passages_point_to_their_document_which_is_shown_once_with_the_best()
    {
        var text = "The man is eating food. 👍 The girl plays the drums. " + string.Join(' ', Enumerable.Repeat("a man", 20)) + ".";
        var rows = $"{{\"id\":\"d\",\"text\":{JsonSerializer.Serialize(text)},\"lang\":\"en\"}}\n{{\"id\":7,\"text\":\"Hi\"}}\n";
        var index = _folder.Of("i");
        (await Outcome.OfAsync("index", "build", "--index", index, "--model", Model.Folder, "--truncation", "chunk", "--chunk-size", "12", "--input", _folder.Write("in.jsonl", rows))).Done();
        string[] search = ["index", "search", "--index", index, "--query", "The girl plays the drums.", "--top-k", "2"];
        var hits = JsonDocument.Parse((await Outcome.OfAsync([.. search, "--format", "json"])).Done().Output).RootElement.GetProperty("hits").EnumerateArray().ToList();
        hits.Select(hit => hit.GetProperty("id").ToString()).ShouldBe(["d", "7"]);
        var (start, end) = (hits[0].GetProperty("start").GetInt32(), hits[0].GetProperty("end").GetInt32());
        var passage = hits[0].GetProperty("text").GetString()!;
        var model = SentenceTransformer.Load(Model.Folder);
        passage.ShouldBe(model.EncodeChunks(text, new EncodeOptions { ChunkSize = 12 }).MaxBy(
            chunk => Similarity.Of(chunk.Vector.Span, model.Encode("The girl plays the drums."), SimilarityFunction.Cosine))!.Chunk.Of(text).ToString());
        string.Concat(text.EnumerateRunes().Skip(start).Take(end - start)).ShouldBe(passage);
        hits[0].GetProperty("lang").GetString().ShouldBe("en");
        hits[0].EnumerateObject().Select(member => member.Name).ShouldBe(["rank", "score", "id", "start", "end", "text", "lang"]);
        var line = (await Outcome.OfAsync(search)).Done().Lines[0].Split('\t');
        line[2..].ShouldBe(["d", $"{start}-{end}", passage]);

        // A shorter document replaces all of its passages.
        (await Outcome.OfAsync("index", "add", "--index", index, "--input", _folder.Write("new.jsonl", "{\"id\":\"d\",\"text\":\"you\"}\n"))).Done().Error.ShouldStartWith("added 1 documents; the index has 2 passages");
        (await Outcome.OfAsync("index", "delete", "--index", index, "d", "none")).Done().Error.ShouldBe("deleted 1 of 2; the index has 1 passages\n");
        (await Outcome.OfAsync(search)).Done().Lines.ShouldHaveSingleItem().ShouldContain("\t7\t0-2\tHi");
        (await Outcome.OfAsync("index", "add", "--index", index, "--input", _folder.Write("v.jsonl", "{\"embedding\":[1]}\n"))).Error.ShouldContain("the index has passages of its documents");
    }

    private async Task BuildAsync(string name, RecordedModel model, params string[] more) => (await Outcome.OfAsync(
        ["index", "build", "--index", _folder.Of(name), "--model", model.Folder, "--input", _folder.Write("in.txt", "Hi\nyou\n"), .. more])).Done();
}
