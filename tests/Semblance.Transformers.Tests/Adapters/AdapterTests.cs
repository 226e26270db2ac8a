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
        (new Ia3Config(), "bert"),
        (new Ia3Config { Targets = ModuleSelector.Named("c_attn", "c_proj"), FeedForward = ModuleSelector.Named("mlp.c_proj") }, "gpt2"),
        (new LayerNormTuningConfig(), "bert"),
        (new LayerNormTuningConfig(), "llama"),
        (new BiasTuningConfig(), "roberta"),
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
