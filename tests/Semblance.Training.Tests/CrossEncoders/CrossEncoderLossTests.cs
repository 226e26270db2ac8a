using Semblance.Tensors;
using Semblance.Training.CrossEncoders;
using PairCachedMultipleNegativesRankingLoss = Semblance.Training.CrossEncoders.CachedMultipleNegativesRankingLoss;
using PairMarginMSELoss = Semblance.Training.CrossEncoders.MarginMSELoss;
using PairMSELoss = Semblance.Training.CrossEncoders.MSELoss;
using PairMultipleNegativesRankingLoss = Semblance.Training.CrossEncoders.MultipleNegativesRankingLoss;

namespace Semblance.Training.Tests.CrossEncoders;

public class CrossEncoderLossTests
{
    private const double Step = 1e-3;

    private static readonly float[][] Graded = [[0, 2, 1], [3, 1], [1, 0, 0, 2]];
    private static readonly int[] Lists = [3, 2, 4];

    private static CrossEncoderLoss[] Losses =>
    [
        new BinaryCrossEntropyLoss(), new BinaryCrossEntropyLoss(new() { PositiveWeight = 4 }), new PairMSELoss(), new PairMarginMSELoss(), new ListNetLoss(), new ListMLELoss(),
        new PListMLELoss(), new PListMLELoss(new() { RespectInputOrder = false }), new PListMLELoss(new() { Weights = count => [.. Enumerable.Range(1, count).Select(i => 1f / i)] }), new RankNetLoss(), new ADRMSELoss(),
        new ADRMSELoss(new() { Temperature = 0.3f }), new LambdaLoss(new() { K = 2 }), new LambdaLoss(new() { Sigma = 2, NaturalLogarithm = true }), new LambdaLoss(new() { Mu = 3 }),
        .. Enum.GetValues<LambdaWeighting>().Select(weighting => new LambdaLoss(new() { Weighting = weighting })),
    ];

    public static TheoryData<CrossEncoderLoss> Ranking => [.. Losses];

    [Theory]
    [MemberData(nameof(Ranking))]
    public void Gradients_are_those_of_finite_differences_also_for_lists_of_different_lengths(CrossEncoderLoss loss) => CheckGradients(loss, Graded);

    [Fact]
    public void A_list_stands_for_itself_whatever_the_length_of_others()
    {
        var scores = Scores(9).Values.ToArray();
        foreach (var loss in (CrossEncoderLoss[])[new ListNetLoss(), new ListMLELoss(), new PListMLELoss()])
        {
            var alone = Lists.Select((count, row) => (double)Value(loss, Tensor.From(scores.AsSpan(Lists[..row].Sum(), count), count, 1), [count], [Graded[row]]));
            Value(loss, Scores(9), Lists, Graded).ShouldBe((float)alone.Average(), 1e-5f);
        }
    }

    [Fact]
    public void Without_labels_the_first_candidate_is_the_one_that_is_sought()
    {
        float[][] implied = [[1, 0, 0], [1, 0], [1, 0, 0, 0]];
        foreach (var loss in (CrossEncoderLoss[])[new BinaryCrossEntropyLoss(), new ListNetLoss(), new LambdaLoss(), new RankNetLoss(), new PListMLELoss(), new ADRMSELoss()])
        {
            Value(loss, Scores(9), Lists, null).ShouldBe(Value(loss, Scores(9), Lists, implied));
        }
    }

    [Fact]
    public void Binary_cross_entropy_weighs_what_belongs_together()
    {
        // −ln σ(1) = 0.313262, −ln(1 − σ(1)) = 1.313262
        Value(new BinaryCrossEntropyLoss(new() { PositiveWeight = 3 }), Tensor.From([1, 1], 2, 1), [1, 1], [[1], [0]]).ShouldBe(((3 * 0.313262f) + 1.313262f) / 2, 1e-5f);
    }

    [Fact]
    public void Discounted_ranks_are_those_of_the_paper()
    {
        // Scores 0 and ln 3: soft places 1 + 3/4 and 1 + 1/4 where 1 and 2 are right; (0.75² / log₂ 2 + 0.75² / log₂ 3) / 2
        Value(new ADRMSELoss(), Tensor.From([0, MathF.Log(3)], 2, 1), [2], [[1, 0]]).ShouldBe((0.5625f + (0.5625f / MathF.Log2(3))) / 2, 1e-5f);
        Value(new ADRMSELoss(new() { Temperature = 0.01f }), Tensor.From([5, 3, 9], 3, 1), [3], [[1, 0, 2]]).ShouldBe(0, 1e-6f);

        // Two candidates share places 1 and 2, two places 3 and 4: 1.5 and 3.5. Equal scores stand at 2.5 softly: an error of 1 for each.
        Value(new ADRMSELoss(), Tensor.From([1, 1, 1, 1], 4, 1), [4], [[1, 0, 1, 0]]).ShouldBe(((1 / MathF.Log2(2.5f)) + (1 / MathF.Log2(4.5f))) / 2, 1e-5f);
        Value(new ADRMSELoss(), Tensor.From([2, 7, -1], 3, 1), [3], [[0, 1, 0]]).ShouldBe(Value(new ADRMSELoss(), Tensor.From([-1, 7, 2], 3, 1), [3], [[0, 1, 0]]), 1e-6f); // the order of equals does not matter
    }

    [Fact]
    public void Margins_are_the_same_as_scores_that_differ_by_them() =>
        Value(new PairMarginMSELoss(), Scores(5), [3, 2], [[1, 3], [2]]).ShouldBe(Value(new PairMarginMSELoss(), Scores(5), [3, 2], [[4, 3, 1], [0, -2]]), 1e-6f);

    [Fact]
    public void A_batch_in_which_nothing_is_better_than_another_costs_nothing_and_changes_nothing()
    {
        var scores = Scores(4);
        Value(new LambdaLoss(), scores, [2, 2], [[1, 1], [0, 0]]).ShouldBe(0);
        Gradient(new LambdaLoss(), scores, [2, 2], [[1, 1], [0, 0]]).ShouldAllBe(element => element == 0);
    }

    [Fact]
    public void Scores_far_apart_stay_numbers()
    {
        foreach (var loss in Losses)
        {
            float.IsFinite(Value(loss, Tensor.From([-300, 300, 0, 500, -500, 0, 0, 0, 80], 9, 1), Lists, Graded)).ShouldBeTrue(loss.GetType().Name);
        }
    }

    [Fact]
    public void Negatives_come_from_other_rows_and_are_none_of_the_rows_own()
    {
        var model = Model();
        Example[] rows = [new(["Hi", "A man is eating food."]), new(["Hello", "A man is eating food."]), new(["What", "A monkey is playing drums."])];
        using var run = new Computation();
        float Score(string query, string text) => 10 / (1 + MathF.Exp(-model.Forward(run, [(query, text)]).Values[0]));
        double Cost(string query, string positive, string negative) => Math.Log(1 + Math.Exp(Score(query, negative) - Score(query, positive)));
        var expected = (Cost("Hi", rows[0].Texts[1], rows[2].Texts[1]) + Cost("Hello", rows[1].Texts[1], rows[2].Texts[1]) + Cost("What", rows[2].Texts[1], rows[0].Texts[1])) / 3;
        new PairMultipleNegativesRankingLoss(new() { Negatives = null }).Backward(new TrainingBatch(model, rows)).ShouldBe(expected, 1e-5);
    }

    [Fact]
    public void Ranking_in_parts_is_ranking_at_once()
    {
        Example[] rows = [new(["Hi", "A man is eating food.", "Hello"]), new(["Hello", "A monkey."]), new(["What", "A monkey is playing drums."]), new(["A girl", "The girl is carrying a baby."])];
        var (whole, parts) = (Model(), Model());
        var batch = new TrainingBatch(whole, rows) { Scale = 0.5f, Prompts = ["query: "] };
        var value = new PairMultipleNegativesRankingLoss(new() { Negatives = 2 }).Backward(batch);
        new PairCachedMultipleNegativesRankingLoss(new() { Negatives = 2, MiniBatchSize = 3 }).Backward(batch with { Model = parts }).ShouldBe(value, 1e-6);
        foreach (var (a, b) in whole.Parameters().Zip(parts.Parameters()))
        {
            for (var i = 0; i < a.Value.Length; i++)
            {
                b.Value.Gradient!.Values[i].ShouldBe(a.Value.Gradient!.Values[i], 1e-5f, a.Name);
            }
        }
    }

    [Fact]
    public void What_a_loss_cannot_use_is_said()
    {
        Fails(new BinaryCrossEntropyLoss(), Tensor.Zeros(2, 3), [1, 1], [[1], [0]], "a model with one label, and this one has 3");
        Fails(new BinaryCrossEntropyLoss(), Scores(2), [1, 1], null, "takes at least 2 texts after the first, and row 0 has 1");
        Fails(new ListNetLoss(), Scores(4), [2, 2], [[1, 0], [1]], "row 1 has 2 candidates and 1 labels");
        Fails(new ListNetLoss(), Scores(2), [2], [[1, float.NaN]], "The label NaN of row 0");
        Fails(new CrossEntropyLoss(), Tensor.Zeros(2, 3), [1, 1], [[1], [3]], "The label 3 of pair 1 is not one of the model's classes, 0 to 2");
        Fails(new PairMSELoss(), Scores(2), [1, 1], null, "needs labels");
        Fails(new PairMarginMSELoss(), Scores(2), [1, 1], [[1], [0]], "takes at least 2 texts after the first");
        Fails(new PairMultipleNegativesRankingLoss(), Scores(1), [1], null, "no negatives in a batch of 1 rows");
        Fails(new PListMLELoss(new() { Weights = _ => [0, 0] }), Scores(2), [2], null, "sum is finite and above zero");
        Should.Throw<ArgumentOutOfRangeException>(() => new LambdaLoss(new() { K = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => new ListNetLoss(new() { MiniBatchSize = 0 }));
        Should.Throw<LossInputException>(() => new BinaryCrossEntropyLoss().Backward(new TrainingBatch(RecordedModel.MeanNormalize, [new Example(["a", "b"], 1)]))).Message.ShouldBe("BinaryCrossEntropyLoss needs the scores of pairs, and the model, a SentenceTransformer, makes sentence vectors; the losses for it are " + string.Join(", ", LossRegistry.Names(ModelOutputKind.SentenceEmbeddings)) + ".");
        Should.Throw<LossInputException>(() => new CosineSimilarityLoss().Backward(new TrainingBatch(Model(), [new Example(["a", "b"], 1)]))).Message.ShouldStartWith("CosineSimilarityLoss needs sentence vectors, and the model, a CrossEncoder, makes the scores of pairs; the losses for it are BinaryCrossEntropyLoss, ");
    }

    private static CrossEncoder Model()
    {
        var model = CrossEncoder.LoadTrainable(Fixtures.Own("losses/cross-encoder/model-1"));
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        return model;
    }

    private static void Fails(CrossEncoderLoss loss, Tensor scores, int[] counts, float[][]? labels, string message) =>
        Should.Throw<LossInputException>(() => Value(loss, scores, counts, labels)).Message.ShouldContain(message);

    private static void CheckGradients(CrossEncoderLoss loss, float[][] labels)
    {
        var scores = Scores(9);
        var gradient = Gradient(loss, scores, Lists, labels);
        for (var i = 0; i < scores.Length; i++)
        {
            var value = scores.Values[i];
            scores.Writable[i] = value + (float)Step;
            var above = Value(loss, scores, Lists, labels);
            scores.Writable[i] = value - (float)Step;
            var below = Value(loss, scores, Lists, labels);
            scores.Writable[i] = value;
            gradient[i].ShouldBe((float)((above - below) / (2 * Step)), 5e-3f, $"score {i}");
        }

        gradient.ShouldContain(element => Math.Abs(element) > 0.01f);
    }

    private static float Value(CrossEncoderLoss loss, Tensor scores, int[] counts, float[][]? labels)
    {
        using var run = new Computation();
        return loss.Forward(run, new CrossEncoderInput(scores, counts, labels)).Values[0];
    }

    private static float[] Gradient(CrossEncoderLoss loss, Tensor scores, int[] counts, float[][]? labels)
    {
        (scores.RequiresGradient, scores.Gradient) = (true, null);
        using var run = new Computation(recording: true);
        run.Backward(loss.Forward(run, new CrossEncoderInput(scores, counts, labels)));
        return scores.Gradient!.Values.ToArray();
    }

    // No two are so near that a step changes their order.
    private static Tensor Scores(int count) => Tensor.From([.. Enumerable.Range(0, count).Select(i => ((i * 5 % 9) - 4) * 0.3f)], count, 1);
}
