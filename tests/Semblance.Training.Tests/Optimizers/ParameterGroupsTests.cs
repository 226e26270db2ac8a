using Semblance.Tensors;

namespace Semblance.Training.Tests;

public class ParameterGroupsTests
{
    private static readonly Parameter[] Parameters =
    [
        new("embeddings.word_embeddings.weight", Tensor.Zeros(5, 2)),
        new("embeddings.LayerNorm.weight", Tensor.Zeros(2)),
        new("encoder.layer.0.output.dense.weight", Tensor.Zeros(2, 2)),
        new("encoder.layer.0.output.dense.bias", Tensor.Zeros(2)),
        new("encoder.layer.10.output.dense.weight", Tensor.Zeros(2, 2)),
    ];

    [Fact]
    public void Biases_and_norms_are_not_decayed()
    {
        var groups = ParameterGroups.From(Parameters, 0.01);
        groups.Count.ShouldBe(2);
        groups.Single(group => group.WeightDecay == 0).Parameters.Select(parameter => parameter.Name)
            .ShouldBe(["embeddings.LayerNorm.weight", "encoder.layer.0.output.dense.bias"]);
        groups.Single(group => group.WeightDecay == 0.01).Parameters.Count.ShouldBe(3);
    }

    [Fact]
    public void The_first_rule_that_matches_holds()
    {
        var groups = ParameterGroups.From(
            Parameters,
            0.01,
            new ParameterRule("embeddings.*") { Frozen = true },
            new ParameterRule("*.layer.0.*bias") { WeightDecay = 0.5 },
            new ParameterRule("encoder.layer.?.*") { LearningRateFactor = 0.1 });
        groups.Select(group => (group.WeightDecay, group.LearningRateFactor, group.Parameters[0].Name)).ShouldBe(
            [
                (0.01, 0.1, "encoder.layer.0.output.dense.weight"),
                (0.5, 1, "encoder.layer.0.output.dense.bias"),
                (0.01, 1, "encoder.layer.10.output.dense.weight"),
            ]);
    }

    [Fact]
    public void A_rule_that_decides_nothing_is_an_error()
    {
        var error = Should.Throw<ArgumentException>(() => ParameterGroups.From(Parameters, 0, new ParameterRule("encoder.layers.*")));
        error.Message.ShouldContain("'encoder.layers.*'");
        error.Message.ShouldContain("embeddings.word_embeddings.weight");
    }

    [Fact]
    public void A_factor_multiplies_the_rate()
    {
        var (slow, fast) = (new Parameter("slow", Tensor.Zeros(1)), new Parameter("fast", Tensor.Zeros(1)));
        var optimizer = new SGD(ParameterGroups.From([slow, fast], 0, new ParameterRule("slow") { LearningRateFactor = 0.5 }));
        optimizer.Step([Tensor.From([1], 1), Tensor.From([1], 1)], 0.25);
        slow.Value.Values[0].ShouldBe(-0.125f);
        fast.Value.Values[0].ShouldBe(-0.25f);
    }
}
