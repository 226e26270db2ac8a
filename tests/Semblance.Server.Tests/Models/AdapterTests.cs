using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Semblance.Server.Models;
using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Server.Tests.Models;

/// <summary>Adapters that a server offers as models.</summary>
public sealed class AdapterTests : IDisposable
{
    private static readonly string[] Texts = ["a dog runs", "the cat sleeps on the sofa"];

    private readonly string _folder = Directory.CreateTempSubdirectory("semblance-adapter-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_dialect_answers_by_the_adapter_that_its_request_names()
    {
        Save<SentenceTransformer>(TestServer.DenseModel, 1);
        var model = SentenceTransformer.Load(TestServer.DenseModel);
        var plain = model.Encode(Texts).ToJaggedArray();
        var changed = model.Encode(Texts, new EncodeOptions { Adapter = model.LoadAdapter(_folder) }).ToJaggedArray();
        changed[0].ShouldNotBe(plain[0]);
        await using var server = await StartAsync(TestServer.DenseModel);
        foreach (var (name, expected) in ((string, float[][])[])[("base", plain), ("medical", changed), ("base", plain)])
        {
            var openAI = await server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { model = name, input = Texts }));
            Rows(openAI.Json.GetProperty("data"), "embedding").ShouldBe(expected);
            var cohere = await server.PostAsync(
                "/v2/embed", JsonSerializer.Serialize(new { model = name, texts = Texts, input_type = "classification" }));
            Rows(cohere.Json.GetProperty("embeddings").GetProperty("float"), null).ShouldBe(expected);
            var ollama = await server.PostAsync("/api/embed", JsonSerializer.Serialize(new { model = name, input = Texts }));
            Rows(ollama.Json.GetProperty("embeddings"), null).ShouldBe(expected);
        }

        (await server.GetAsync("/v1/models")).Json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString())
            .ShouldBe(["base", "medical"]);
        server.Get<ModelHost>().Loaded.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_adapter_of_a_cross_encoder_reranks()
    {
        Save<CrossEncoder>(TestServer.CrossModel, 2);
        var model = CrossEncoder.Load(TestServer.CrossModel);
        var options = new PredictOptions { Adapter = model.LoadAdapter(_folder), Activation = Activation.Sigmoid };
        var expected = model.Rank("dog", Texts, options: options);
        await using var server = await StartAsync(TestServer.CrossModel);
        var answer = await server.PostAsync(
            "/v1/rerank", JsonSerializer.Serialize(new { model = "medical", query = "dog", documents = Texts }));
        answer.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("relevance_score").GetSingle())
            .ShouldBe(expected.Select(rank => rank.Score));
    }

    [Fact]
    public void An_adapter_needs_its_model()
    {
        Save<SentenceTransformer>(TestServer.DenseModel, 3);
        Should.Throw<ArgumentException>(() => Host(new ServedModel("other", TestServer.PromptsModel), new ServedAdapter("a", _folder)))
            .Message.ShouldContain("is not served");
        Should.Throw<ArgumentException>(() => Host(ServedModel.Parse($"base={TestServer.DenseModel}"), new ServedAdapter("a", _folder, "none")))
            .Message.ShouldContain("'none'");
        Should.Throw<ArgumentException>(() => Host(ServedModel.Parse($"a={TestServer.DenseModel}"), new ServedAdapter("a", _folder)))
            .Message.ShouldContain("the name 'a'");
        Should.Throw<FileNotFoundException>(
            () => Host(ServedModel.Parse($"base={TestServer.DenseModel}"), new ServedAdapter("a", TestServer.DenseModel)));
        using var named = Host(ServedModel.Parse($"base={TestServer.DenseModel}"), new ServedAdapter("a", _folder, "base"));
        named.Names.ShouldBe(["base", "a"]);
    }

    [Fact]
    public void An_adapter_of_the_command_line_is_parsed()
    {
        ServedAdapter.Parse("a=runs/a").ShouldBe(new ServedAdapter("a", "runs/a"));
        ServedAdapter.Parse("a=runs/a@base").ShouldBe(new ServedAdapter("a", "runs/a", "base"));
        foreach (var wrong in (string[])["", "a", "=runs/a", "a=", "a=runs/a@", "a=@base"])
        {
            Should.Throw<FormatException>(() => ServedAdapter.Parse(wrong));
        }
    }

    private static ModelHost Host(ServedModel model, ServedAdapter adapter) =>
        new(new ServerOptions { Models = [model], Adapters = [adapter] }, NullLogger<ModelHost>.Instance);

    private static float[][] Rows(JsonElement rows, string? member) => [.. rows.EnumerateArray().Select(
        row => (member is null ? row : row.GetProperty(member)).EnumerateArray().Select(value => value.GetSingle()).ToArray())];

    private Task<TestServer> StartAsync(string model) => TestServer.StartAsync(new ServerOptions
    {
        Models = [new ServedModel("base", model)],
        Adapters = [new ServedAdapter("medical", _folder)],
    });

    private void Save<TEncoder>(string model, int seed)
        where TEncoder : Encoder<TEncoder>, ILoadable<TEncoder> => Encoder<TEncoder>.LoadTrainable(model)
        .AddAdapter(new LoraConfig { Rank = 2, Initialization = LoraInitialization.Random, Targets = ModuleSelector.Named("query", "value") }, seed).Save(_folder);
}
