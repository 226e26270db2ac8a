using Semblance.Tensors;
using Semblance.Training;

namespace Semblance.Cli.Tests.Recipes;

/// <summary>A loss of a program's own, written with public members only, and trained from a recipe by its name.</summary>
public class OwnLossTests
{
    [Fact]
    public async Task A_loss_of_ones_own_is_trained_from_a_recipe_by_its_name()
    {
        LossRegistry.Register(HingeLoss.Descriptor);
        LossRegistry.Names(ModelOutputKind.SentenceEmbeddings).ShouldContain("HingeLoss");
        Should.Throw<ArgumentException>(() => LossRegistry.Register(HingeLoss.Descriptor)).Message.ShouldContain("HingeLoss");
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", "a\tb\tscore\nA man eats.\tSomeone eats.\t1\nA dog runs.\tA woman sings.\t0\nIt rains.\tRain falls.\t1\nHe sleeps.\tShe reads.\t0\n");
        var recipe = folder.Write("r.yaml", $$"""
            model: '{{Fixtures.Own("losses/model")}}'
            output: out
            datasets:
              - name: pairs
                files: pairs.tsv
                texts: [a, b]
                score: score
                loss: { HingeLoss: { margin: 0.25 } }
                batch-size: 2
            steps: 2
            rate: 1e-3
            """);
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
        File.ReadAllText(Path.Combine(folder.Of("out"), "README.md")).ShouldContain("HingeLoss");
        HingeLoss.Margins.ShouldBe([0.25f]);
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("other"), "--set", "datasets.0.loss.HingeLoss.other=1")).Error
            .ShouldContain("HingeLoss has no setting 'other'; expected margin.");
    }

    private sealed record HingeLossSettings
    {
        public float Margin { get; init; } = 0.5f;
    }

    private sealed class HingeLoss(HingeLossSettings? settings = null) : Loss
    {
        public static List<float> Margins { get; } = [];

        public static LossDescriptor Descriptor { get; } = new(nameof(HingeLoss), ModelOutputKind.SentenceEmbeddings, ["margin"], (node, _) =>
        {
            var usual = new HingeLossSettings();
            var loss = new HingeLoss(usual with { Margin = node.Find("margin")?.Number(0f, 2f) ?? usual.Margin });
            Margins.Add(loss.Settings.Margin);
            return loss;
        });

        public HingeLossSettings Settings { get; } = settings ?? new();

        public override Tensor Forward(Computation run, LossInput input)
        {
            input.RequireColumns(this, 2, 2);
            var missing = run.Subtract(input.RequireLabels(this), run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], SimilarityFunction.Cosine));
            return run.Mean(run.Relu(run.Scale(missing, 1, -Settings.Margin)));
        }
    }
}
