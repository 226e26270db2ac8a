using System.ClientModel;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;
using OpenAI.Embeddings;

namespace Semblance.Server.Tests.Clients;

/// <summary>Clients of .NET, as they are: OpenAI's own, that of Microsoft.Extensions.AI over it, and OllamaSharp.</summary>
public sealed class NetClientsTests : IAsyncLifetime
{
    private static readonly string[] Texts = ["a dog runs", "the cat sleeps on the sofa"];

    private readonly float[][] _expected = SentenceTransformer.Load(TestServer.DenseModel).Encode(Texts).ToJaggedArray();
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync($"dense={TestServer.DenseModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_client_of_OpenAI_gets_the_vectors_of_the_model()
    {
        var result = await OpenAI("dense").GenerateEmbeddingsAsync(Texts);
        result.Value.Select(embedding => embedding.ToFloats().ToArray()).ShouldBe(_expected);
        result.Value.Usage.InputTokenCount.ShouldBeGreaterThan(0);
        var cut = await OpenAI("dense").GenerateEmbeddingAsync(Texts[0], new global::OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 4 });
        cut.Value.ToFloats().Length.ShouldBe(4);
        (await Should.ThrowAsync<ClientResultException>(OpenAI("none").GenerateEmbeddingsAsync(Texts))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_generator_of_Microsoft_Extensions_AI_gets_the_vectors_of_the_model()
    {
        using var generator = OpenAI("dense").AsIEmbeddingGenerator();
        var embeddings = await generator.GenerateAsync(Texts);
        embeddings.Select(embedding => embedding.Vector.ToArray()).ShouldBe(_expected);
        embeddings.Usage!.InputTokenCount.ShouldNotBeNull();
    }

    [Fact]
    public async Task OllamaSharp_gets_the_vectors_and_the_names_of_the_models()
    {
        using var ollama = new OllamaApiClient(_server.Url, "dense");
        var answer = await ollama.EmbedAsync(new OllamaSharp.Models.EmbedRequest { Model = "dense", Input = [.. Texts] });
        answer.Embeddings.ShouldBe(_expected);
        (await ollama.ListLocalModelsAsync()).Select(model => model.Name).ShouldBe(["dense"]);
        (await ollama.ShowModelAsync("dense")).Details.Format.ShouldBe("safetensors");
        IEmbeddingGenerator<string, Embedding<float>> generator = ollama;
        (await generator.GenerateAsync(Texts)).Select(embedding => embedding.Vector.ToArray()).ShouldBe(_expected);
    }

    private EmbeddingClient OpenAI(string model) =>
        new(model, new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(_server.Url, "/v1") });
}
