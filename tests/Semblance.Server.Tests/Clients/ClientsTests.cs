using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Server.Tests.Clients;

/// <summary>The clients of OpenAI, Hugging Face, Cohere, Ollama, LangChain and LlamaIndex, as they are.</summary>
public class ClientsTests
{
    private static readonly string[] Texts = ["a dog runs", "the cat sleeps on the sofa"];

    [ClientsFact]
    public async Task Clients_of_node_get_the_vectors_and_scores_of_the_models()
    {
        await using var server = await TestServer.StartAsync($"dense={TestServer.DenseModel}", $"cross={TestServer.CrossModel}");
        var results = await NodeClients.RunAsync(server.Url);
        var expected = SentenceTransformer.Load(TestServer.DenseModel).Encode(Texts);
        foreach (var client in (string[])["openai", "openaiFloats", "langChain", "llamaIndex", "huggingFace", "cohere", "ollama"])
        {
            Vectors(results.GetProperty(client)).ShouldBe(expected.ToJaggedArray(), client);
        }

        foreach (var client in (string[])["ollamaOld", "langChainQuery"])
        {
            results.GetProperty(client).EnumerateArray().Select(value => value.GetSingle()).ShouldBe(expected[0].ToArray(), client);
        }

        results.GetProperty("openaiTokens").GetInt32().ShouldBe(expected.TokenCounts.Sum());
        results.GetProperty("openaiError").GetString().ShouldBe("model_not_found");
        results.GetProperty("huggingFaceSimilarity")[0].GetSingle().ShouldBe(1, 1e-5f);
        foreach (var list in (string[])["openaiModels", "ollamaModels"])
        {
            results.GetProperty(list).EnumerateArray().Select(name => name.GetString()).ShouldBe(["dense", "cross"]);
        }

        var ranked = CrossEncoder.Load(TestServer.CrossModel).Rank("dog", Texts, options: new PredictOptions { Activation = Activation.Sigmoid });
        results.GetProperty("cohereRanking").EnumerateArray().Select(rank => (rank[0].GetInt32(), rank[1].GetSingle()))
            .ShouldBe(ranked.Select(rank => (rank.Index, rank.Score)));
    }

    private static float[][] Vectors(JsonElement vectors) =>
        [.. vectors.EnumerateArray().Select(vector => vector.EnumerateArray().Select(value => value.GetSingle()).ToArray())];
}
