using Semblance.Checkpoints;
using Semblance.Tensors;
using static Semblance.Training.Tests.Losses.LossChecks;

namespace Semblance.Training.Tests.Losses;

public class WeightedSumLossTests
{
    private static readonly Tensor[] Students = [Random(1, 4, 3), Random(2, 4, 3)];
    private static readonly Tensor Teacher = Random(3, 4, 3);

    private static Loss Near => new EmbedDistillLoss();

    private static Loss Alike => new SimilarityDistillLoss(new() { Temperature = 0.5f });

    [Fact]
    public void Value_and_gradients_are_the_weighted_sum_of_those_of_the_losses()
    {
        var sum = new WeightedSumLoss([Near, Alike], new() { Weights = [2, 0.5f] });
        Value(sum, Students, Teacher).ShouldBe((2 * Value(Near, Students, Teacher)) + (0.5f * Value(Alike, Students, Teacher)), 1e-6f);
        float[][] near = Gradients(Near, Students, Teacher), alike = Gradients(Alike, Students, Teacher), all = Gradients(sum, Students, Teacher);
        for (var column = 0; column < 2; column++)
        {
            all[column].Zip(near[column].Zip(alike[column], (a, b) => (2 * a) + (0.5f * b)), (actual, expected) => Math.Abs(actual - expected)).Max().ShouldBeLessThan(1e-6f);
        }

        CheckGradients(sum, Students, Teacher);
    }

    [Fact]
    public void Without_weights_each_loss_counts_once() =>
        Value(new WeightedSumLoss([Near, Alike, Near]), Students, Teacher).ShouldBe((2 * Value(Near, Students, Teacher)) + Value(Alike, Students, Teacher), 1e-6f);

    [Fact]
    public void The_model_computes_a_batch_once_and_in_mini_batches_the_same()
    {
        var embedded = 0;
        var model = RecordedTexts.Random(layers: 2, dropout: 0);
        var teacher = Random(5, 5, model.OutputDimension);
        var batch = new TrainingBatch(model, [.. RecordedTexts.Rows(2).Select((row, i) => row with { Targets = teacher.Row(i).ToArray() })]) { Embedded = _ => embedded++ };
        var sum = new WeightedSumLoss([Near, Alike], new() { Weights = [1, 0.5f] });
        sum.Backward(batch);
        embedded.ShouldBe(2); // columns
        ModelGradients.CheckCached(sum, batch, tokens: 24);
        ModelGradients.Check(sum, batch).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Parameters_of_the_losses_have_names_of_their_own_and_are_trained()
    {
        Loss[] losses = [new EmbedDistillLoss(new() { Projection = EmbedDistillLoss.NewProjection(3, 6) }), Alike, new MSELoss(new() { Projection = EmbedDistillLoss.NewProjection(3, 6, seed: 1) })];
        var sum = new WeightedSumLoss(losses);
        sum.Parameters().Select(parameter => parameter.Name).ShouldBe(["losses.0.projection.weight", "losses.0.projection.bias", "losses.2.projection.weight", "losses.2.projection.bias"]);
        CheckGradients(sum, Students, Random(4, 4, 6));
        sum.Parameters().ShouldAllBe(parameter => parameter.Value.Gradient != null);
    }

    [Fact]
    public void Losses_are_named_and_their_papers_cited_once()
    {
        var sum = new WeightedSumLoss([new MatryoshkaLoss(Near, new() { Dimensions = [2] }), Alike, Near]);
        sum.ToString().ShouldBe("WeightedSumLoss(MatryoshkaLoss(EmbedDistillLoss), SimilarityDistillLoss, EmbedDistillLoss)");
        sum.Citations.Order().ShouldBe(new MatryoshkaLoss(Near, new() { Dimensions = [2] }).Citations.Concat(Near.Citations).Concat(Alike.Citations).Order());
        new DatasetSummary("pairs", 4, new GradientCache(sum)).Citations.Count.ShouldBe(sum.Citations.Count + 1);
    }

    [Fact]
    public void A_guide_model_is_passed_on_and_two_are_one_too_many()
    {
        var batch = new TrainingBatch(RecordedTexts.Random(layers: 1), RecordedTexts.Rows(2));
        Loss Guided() => new GISTEmbedLoss(new() { Guide = RecordedTexts.Guide() });
        var sum = new WeightedSumLoss([new MultipleNegativesRankingLoss(), Guided()], new() { Weights = [1, 2] });
        sum.Backward(batch).ShouldBe(new MultipleNegativesRankingLoss().Backward(batch) + (2 * Guided().Backward(batch)), 1e-4);
        Should.Throw<LossInputException>(() => new WeightedSumLoss([Guided(), Guided()]).Backward(batch)).Message.ShouldContain("GISTEmbedLoss has a guide model");
    }

    [Fact]
    public void Losses_that_truncate_alike_can_be_truncated_together_and_others_alone()
    {
        MatryoshkaLossSettings settings = new() { Dimensions = [3, 2] };
        MatryoshkaLoss Cut(Loss loss) => new(loss, settings);
        Value(Cut(new WeightedSumLoss([Near, new MSELoss()])), Students, Teacher).ShouldBe(Value(Cut(Near), Students, Teacher) + Value(Cut(new MSELoss()), Students, Teacher), 1e-5f);
        Fails(Cut(new WeightedSumLoss([Near, Alike])), Students, Teacher, "EmbedDistillLoss and SimilarityDistillLoss of the WeightedSumLoss need different labels");
        Value(new WeightedSumLoss([Cut(Near), Cut(Alike)]), Students, Teacher).ShouldBe(Value(Cut(Near), Students, Teacher) + Value(Cut(Alike), Students, Teacher), 1e-5f);
    }

    [Fact]
    public void Every_loss_is_saved()
    {
        Saved first = new(), second = new();
        new WeightedSumLoss([first, second]).Save(RecordedTexts.Random(layers: 1), "folder");
        (first.Folder, second.Folder).ShouldBe(("folder", "folder"));
    }

    [Fact]
    public void Settings_that_cannot_be_are_named()
    {
        Should.Throw<ArgumentException>(() => new WeightedSumLoss([])).Message.ShouldContain("at least one loss");
        Should.Throw<ArgumentException>(() => new WeightedSumLoss([Near, Alike], new() { Weights = [1] })).Message.ShouldContain("1 weights do not fit 2 losses");
        Should.Throw<ArgumentOutOfRangeException>(() => new WeightedSumLoss([Near], new() { Weights = [float.NaN] })).ParamName.ShouldBe("Weights");
    }

    private sealed class Saved : Loss
    {
        public string? Folder { get; private set; }

        public override Tensor Forward(Computation run, LossInput input) => run.Nothing(input.Embeddings[0]);

        public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => Folder = folder;
    }
}
