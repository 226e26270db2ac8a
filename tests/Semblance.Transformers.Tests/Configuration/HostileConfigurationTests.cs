using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

/// <summary>Tests configurations with an altered number: they give an error that names the field, or finite embeddings.</summary>
public sealed class HostileConfigurationTests : IDisposable
{
    private static readonly string[] Numbers = ["-1", "0", "1e-45", "1e-30", "1e30", "3e38", "-3e38", "2147483647", "0.5"];

    private readonly string _folder = Directory.CreateTempSubdirectory("semblance-").FullName;

    [Theory]
    [InlineData("bert")]
    [InlineData("gemma3-bidirectional")]
    [InlineData("llama-rope-llama3")]
    [InlineData("mistral-rope-yarn")]
    [InlineData("nomic-bert")]
    [InlineData("qwen3")]
    public void A_number_that_makes_no_sense_is_an_error_or_gives_finite_vectors(string fixture)
    {
        File.Copy(Fixtures.Own($"models/{fixture}/model.safetensors"), Path.Combine(_folder, "model.safetensors"));
        var text = File.ReadAllText(Fixtures.Own($"models/{fixture}/config.json"));
        if (fixture == "mistral-rope-yarn")
        {
            var yarn = JsonNode.Parse(text)!;
            (yarn["rope_scaling"]!["attention_factor"], yarn["rope_scaling"]!["mscale"], yarn["rope_scaling"]!["mscale_all_dim"]) = (1.5, 1, 1);
            text = yarn.ToJsonString();
        }

        var tried = 0;
        foreach (var place in Places(JsonNode.Parse(text)!))
        {
            foreach (var number in Numbers)
            {
                var config = JsonNode.Parse(text)!;
                var (parent, name) = (place.SkipLast(1).Aggregate(config, (node, part) => node[part]!), place[^1]);
                parent[name] = JsonNode.Parse(number);
                File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());
                var what = string.Create(CultureInfo.InvariantCulture, $"{string.Join('.', place)}: {number}");
                tried++;
                try
                {
                    using var run = new Computation();
                    var hidden = Transformer.Load(_folder).Forward(run, PackedBatch.From([[1, 2, 3, 4]]));
                    hidden.Values.ToArray().ShouldAllBe(value => float.IsFinite(value), what);
                }
                catch (ModelFormatException e)
                {
                    e.Message.ShouldStartWith(_folder, Case.Sensitive, what);
                }
            }
        }

        tried.ShouldBeGreaterThan(50);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string[]> Places(JsonNode node) => node is JsonObject members
        ? members.SelectMany(member => member.Value switch
        {
            JsonObject inner => Places(inner).Select(place => (string[])[member.Key, .. place]),
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => [[member.Key]],
            _ => Enumerable.Empty<string[]>(),
        })
        : [];
}
