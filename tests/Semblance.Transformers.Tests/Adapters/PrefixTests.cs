using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Transformers.Tests.Adapters;

/// <summary>Tests prefix tuning.</summary>
public sealed class PrefixTests : IDisposable
{
    private const int Width = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    // With the keys and values that two tokens have in a text, the prefix is these tokens for the rest of that text: seen by all of it, and
    // counted by its positions.
    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    public void A_prefix_with_the_keys_and_values_of_real_tokens_is_these_tokens(string architecture)
    {
        var body = AdapterModels.Body(architecture);
        using var run = new Computation();
        var states = new List<Tensor>();
        var expected = body.Forward(run, PackedBatch.From([[7, 8, 3, 4, 5]]), states).Values[(2 * Width)..].ToArray();
        var adapter = Adapter.Create(AdaptableModel.Of(body), new PrefixConfig { VirtualTokens = 2 });
        var vectors = adapter.Parameters().Single().Value;
        vectors.Shape.ToArray().ShouldBe([2, 2 * 2 * Width]);
        for (var layer = 0; layer < 2; layer++)
        {
            foreach (var (kind, place) in new[] { ("key", 0), ("value", 1) })
            {
                var linear = (Linear)body.FindLayer($"encoder.layer.{layer}.attention.self.{kind}")!;
                var computed = run.Linear(run.Rows(states[layer], [0, 1]), linear);
                for (var token = 0; token < 2; token++)
                {
                    computed.Row(token).CopyTo(vectors.Writable[((token * 4 * Width) + (((2 * layer) + place) * Width))..]);
                }
            }
        }

        using var own = new Computation { Wrappers = adapter.Wrappers };
        var batch = body.WithVirtualTokens(own, PackedBatch.From([[3, 4, 5]]));
        body.Forward(own, batch).Values.ToArray().ShouldBeNear(expected, 1e-6);
    }

    [Fact]
    public void A_text_has_the_same_vectors_beside_any_other_texts()
    {
        var body = AdapterModels.Body();
        var adapter = AdapterModels.Random(AdaptableModel.Of(body), new PrefixConfig { VirtualTokens = 3 });
        using var run = new Computation { Wrappers = adapter.Wrappers };
        var alone = body.Forward(run, body.WithVirtualTokens(run, PackedBatch.From([[9, 2]]))).Values.ToArray();
        AdapterModels.Values(body, adapter).AsSpan(5 * Width, 2 * Width).ToArray().ShouldBe(alone);
    }

    [Fact]
    public void Recomputed_activations_give_the_same_gradients()
    {
        float[] Gradient(bool recompute)
        {
            var body = AdapterModels.Body();
            var adapter = AdapterModels.Random(AdaptableModel.Of(body), new PrefixConfig { VirtualTokens = 3, EncoderSize = 4 });
            adapter.Attach();
            foreach (var parameter in adapter.Parameters())
            {
                parameter.IsTrained = true;
            }

            using var run = new Computation(recording: true, recompute: recompute);
            run.Backward(body.Forward(run, body.WithVirtualTokens(run, AdapterModels.Batch)));
            return [.. adapter.Parameters().SelectMany(parameter => parameter.Value.Gradient!.Values.ToArray())];
        }

        Gradient(true).ShouldBe(Gradient(false));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public void The_file_has_one_tensor_as_PEFT_and_computes_the_same(int? size)
    {
        var body = AdapterModels.Body();
        var adapter = AdapterModels.Random(AdaptableModel.Of(body), new PrefixConfig { VirtualTokens = 3, EncoderSize = size });
        adapter.Save(_folder.FullName);
        var tensor = Adapter.Open(_folder.FullName).Tensors.ShouldHaveSingleItem();
        (tensor.Name, string.Join(' ', tensor.Shape.ToArray())).ShouldBe(("prompt_embeddings", "3 32"));
        var loaded = Adapter.Load(_folder.FullName, AdaptableModel.Of(body));
        AdapterModels.Values(body, loaded).ShouldBe(AdapterModels.Values(body, adapter));
        var config = loaded.Config.ShouldBeOfType<PrefixConfig>();
        (config.VirtualTokens, config.EncoderSize).ShouldBe((3, size));
        var text = File.ReadAllText(Path.Combine(_folder.FullName, AdapterConfig.FileName));
        text.ShouldContain("\"peft_type\": \"PREFIX_TUNING\"");
        text.ShouldContain($"\"prefix_projection\": {(size is null ? "false" : "true")}");
        text.ShouldContain("\"token_dim\": 8");
    }

    [Theory]
    [InlineData("modernbert")]
    [InlineData("distilbert")]
    [InlineData("gpt2")]
    public void Other_attention_is_refused_by_name(string architecture) =>
        Should.Throw<ArgumentException>(() => Adapter.Create(AdaptableModel.Of(AdapterModels.Body(architecture)), new PrefixConfig()))
            .Message.ShouldContain($"'{architecture}'");

    [Fact]
    public void A_prefix_that_leaves_too_few_positions_is_an_error()
    {
        var body = AdapterModels.Body();
        var adapter = Adapter.Create(AdaptableModel.Of(body), new PrefixConfig { VirtualTokens = 20 });
        Should.Throw<ArgumentException>(() => AdapterModels.Values(body, adapter)).Message.ShouldContain("smaller maximum sequence length");
    }
}
