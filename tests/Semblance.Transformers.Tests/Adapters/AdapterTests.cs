using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Transformers.Tests.Adapters;

/// <summary>Tests adapters on whole models.</summary>
public class AdapterTests
{
    /// <summary>Gets settings of each method, with an architecture.</summary>
    public static IReadOnlyList<(AdapterConfig Config, string Architecture)> Methods =>
    [
        (new LoraConfig { Rank = 2 }, "bert"),
        (new LoraConfig { Rank = 2, UseDora = true, Bias = AdapterBias.All }, "bert"),
        (new LoraConfig { Rank = 2, Targets = ModuleSelector.Named("word_embeddings", "output.dense"), ModulesToSave = ["embeddings.LayerNorm"] }, "bert"),
        (new LoraConfig { Rank = 2, Targets = ModuleSelector.AllLinear }, "modernbert"),
        (new LoraConfig { Rank = 2, UseDora = true, LoraBias = true }, "gpt2"),
        (new LoraConfig { Rank = 2, UseRsLora = true }, "deberta-v2"),
        (new LoraConfig { Rank = 2 }, "llama"),
        (new AdaLoraConfig { InitialRank = 3 }, "bert"),
        (new Ia3Config(), "bert"),
        (new Ia3Config { Targets = ModuleSelector.Named("c_attn", "c_proj"), FeedForward = ModuleSelector.Named("mlp.c_proj") }, "gpt2"),
        (new LayerNormTuningConfig(), "bert"),
        (new LayerNormTuningConfig(), "llama"),
        (new BiasTuningConfig(), "roberta"),
    ];

    /// <summary>Gets settings of each method that cannot be merged, with an architecture.</summary>
    public static IReadOnlyList<(AdapterConfig Config, string Architecture)> UnmergedMethods =>
    [
        (new BottleneckConfig { Size = 3 }, "bert"),
        (new BottleneckConfig { Size = 3, FeedForwardOnly = true }, "modernbert"),
        (new PromptConfig { VirtualTokens = 3 }, "bert"),
        (new PromptConfig { VirtualTokens = 3, SamplesVocabulary = true }, "roberta"),
        (new PromptConfig { VirtualTokens = 2, EncoderSize = 5 }, "bert"),
        (new PrefixConfig { VirtualTokens = 3 }, "bert"),
        (new PrefixConfig { VirtualTokens = 2, EncoderSize = 5 }, "roberta"),
        (new PrefixConfig { VirtualTokens = 2 }, "electra"),
    ];

    [Fact]
    public void Merged_and_unmerged_models_compute_the_same_within_rounding()
    {
        foreach (var (config, architecture) in Methods)
        {
            var body = AdapterModels.Body(architecture);
            var plain = AdapterModels.Values(body);
            var adapter = AdapterModels.Random(AdaptableModel.Of(body), config);
            AdapterModels.Values(body).ShouldBe(plain);
            adapter.Attach();
            var attached = AdapterModels.Values(body);
            attached.ShouldNotBe(plain);
            adapter.Merge();
            adapter.IsMerged.ShouldBeTrue();
            AdapterModels.Values(body).ShouldBeNear(attached, 2e-6);
            adapter.Restore();
            AdapterModels.Values(body).ShouldBe(attached);
            adapter.Merge();
            adapter.Detach();
            AdapterModels.Values(body).ShouldBe(plain);
            AdapterModels.Values(body, adapter).ShouldBe(attached);
        }
    }

    [Fact]
    public void Computations_with_different_adapters_share_one_model_at_the_same_time()
    {
        var body = AdapterModels.Body();
        var model = AdaptableModel.Of(body);
        Adapter?[] adapters = [null, .. Methods.Where(method => method.Architecture == "bert").Select((method, i) => AdapterModels.Random(model, method.Config, i))];
        var expected = Array.ConvertAll(adapters, adapter => AdapterModels.Values(body, adapter));
        expected.Select(values => values[0]).Distinct().Count().ShouldBe(adapters.Length);
        Parallel.For(0, 64, i => AdapterModels.Values(body, adapters[i % adapters.Length]).ShouldBe(expected[i % adapters.Length]));
    }

    [Fact]
    public void Methods_that_cannot_be_merged_say_so_and_are_removed_without_a_trace()
    {
        foreach (var (config, architecture) in UnmergedMethods)
        {
            var body = AdapterModels.Body(architecture);
            var plain = AdapterModels.Values(body);
            var adapter = AdapterModels.Random(AdaptableModel.Of(body), config);
            adapter.Attach();
            AdapterModels.Values(body).ShouldBe(AdapterModels.Values(body, adapter));
            AdapterModels.Values(body).ShouldNotBe(plain);
            Should.Throw<NotSupportedException>(adapter.Merge).Message.ShouldContain("cannot be merged");
            adapter.Detach();
            AdapterModels.Values(body).ShouldBe(plain);
        }
    }

    [Fact]
    public void Bottlenecks_begin_without_effect_and_follow_one_block_or_both()
    {
        var body = AdapterModels.Body();
        var both = Adapter.Create(AdaptableModel.Of(body), new BottleneckConfig());
        AdapterModels.Values(body, both).ShouldBe(AdapterModels.Values(body));
        both.LayerNames.Count().ShouldBe(4);
        Adapter.Create(AdaptableModel.Of(body), new BottleneckConfig { FeedForwardOnly = true }).LayerNames
            .ShouldBe(["encoder.layer.0.output.dense", "encoder.layer.1.output.dense"]);
    }

    // Virtual tokens with the vectors of real ones are these tokens: before [CLS], type 0, positions counted through them.
    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("modernbert")]
    public void Virtual_tokens_are_tokens_before_each_text(string architecture)
    {
        var body = AdapterModels.Body(architecture);
        var adapter = Adapter.Create(AdaptableModel.Of(body), new PromptConfig { VirtualTokens = 2 });
        var vectors = adapter.Parameters().Single().Value;
        body.WordEmbeddings.Weight.CopyTo(7 * 8, vectors.Writable[..8]);
        body.WordEmbeddings.Weight.CopyTo(8 * 8, vectors.Writable[8..]);
        using var run = new Computation();
        var expected = body.Forward(run, PackedBatch.From([[7, 8, 3, 1, 4, 1, 5], [7, 8, 9, 2], [7, 8, 6]])).Values.ToArray();
        AdapterModels.Values(body, adapter).ShouldBeNear(expected, 1e-6);
    }

    [Fact]
    public void Virtual_tokens_that_leave_too_few_positions_are_an_error()
    {
        var body = AdapterModels.Body();
        var adapter = Adapter.Create(AdaptableModel.Of(body), new PromptConfig { VirtualTokens = 20 });
        Should.Throw<ArgumentException>(() => AdapterModels.Values(body, adapter)).Message.ShouldContain("smaller maximum sequence length");
    }

    [Fact]
    public void Gradients_of_every_method_are_those_of_finite_differences()
    {
        foreach (var (config, architecture) in Methods.Concat(UnmergedMethods))
        {
            var body = AdapterModels.Body(architecture);
            var adapter = AdapterModels.Random(AdaptableModel.Of(body), config is LoraConfig lora ? lora with { UseDora = false } : config);
            adapter.Attach();
            foreach (var (name, tensor) in adapter.Parameters())
            {
                tensor.RequiresGradient = true;
            }

            using var run = new Computation(recording: true);
            var y = body.Forward(run, body.WithVirtualTokens(run, AdapterModels.Batch));
            var slopes = AdapterModels.Tensor(11, y.Rows, y.Columns);
            run.Backward(y, slopes);
            double Loss() => AdapterModels.Values(body).Select((value, i) => (double)value * slopes.Values[i]).Sum();
            foreach (var (name, tensor) in adapter.Parameters())
            {
                // The direction of the gradient: along it, the loss grows by its norm. A pooler takes no part.
                var norm = Math.Sqrt(tensor.Gradient?.SumOfSquares() ?? 0);
                if (norm < 1e-3)
                {
                    continue;
                }

                var (before, step) = (tensor.Values.ToArray(), 3e-3 / norm);
                void Move(double by)
                {
                    for (var i = 0; i < before.Length; i++)
                    {
                        tensor.Writable[i] = before[i] + (float)(by * tensor.Gradient!.Values[i]);
                    }
                }

                Move(step);
                var above = Loss();
                Move(-step);
                var below = Loss();
                Move(0);
                ((above - below) / (2 * step * norm)).ShouldBe(norm, 0.03 * norm, $"{config.PeftType} {architecture} {name}");
            }
        }
    }

    [Fact]
    public void Only_the_parameters_of_the_adapter_are_trained()
    {
        var body = AdapterModels.Body();
        var adapter = Adapter.Create(AdaptableModel.Of(body), new LoraConfig { Rank = 2, Bias = AdapterBias.LoraOnly });
        adapter.Attach();
        var other = new Parameter("loss.0.weight", Tensor.Zeros(2));
        var trained = adapter.SelectTrained(body.Parameters().Append(other));
        trained.Select(parameter => parameter.Name).ShouldBe([.. adapter.Parameters().Select(parameter => parameter.Name), "loss.0.weight"]);
        adapter.ParameterCount.ShouldBe(4 * ((2 * 8) + (8 * 2) + 8));
    }

    [Fact]
    public void A_model_has_one_attached_adapter()
    {
        var model = AdaptableModel.Of(AdapterModels.Body());
        var (first, second) = (Adapter.Create(model, new LoraConfig()), Adapter.Create(model, new Ia3Config()));
        first.Attach();
        first.Attach();
        Should.Throw<InvalidOperationException>(second.Attach).Message.ShouldContain("detach it first");
        second.Detach();
        first.IsAttached.ShouldBeTrue();
        first.Detach();
        second.Attach();
        model.Body.Adapter.ShouldBe(second);
    }

    [Fact]
    public void Targets_that_are_not_given_are_those_of_the_architecture_or_an_error()
    {
        var adapter = Adapter.Create(AdaptableModel.Of(AdapterModels.Body()), new LoraConfig());
        ((LoraConfig)adapter.Config).Targets!.Names.ShouldBe(["query", "value"]);
        Should.Throw<ArgumentException>(() => Adapter.Create(AdaptableModel.Of(AdapterModels.Body("modernbert")), new LoraConfig()))
            .Message.ShouldContain("name them, as in Wqkv");
    }
}
