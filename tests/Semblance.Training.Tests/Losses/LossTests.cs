using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public class LossTests
{
    private const double Step = 1e-3;

    [Theory]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.Manhattan)]
    public void A_triplet_in_order_costs_nothing_and_one_out_of_order_does(DistanceMetric metric)
    {
        var (anchor, near, far) = (Tensor.From([1, 0], 1, 2), Tensor.From([1, 0.1f], 1, 2), Tensor.From([-1, 0], 1, 2));
        Value(new TripletLoss(metric, 0.1f), [anchor, near, far]).ShouldBe(0);
        Value(new TripletLoss(metric, 0.1f), [anchor, far, near]).ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData(Concatenation.Vectors, 6)]
    [InlineData(Concatenation.Difference, 3)]
    [InlineData(Concatenation.Product, 3)]
    [InlineData(Concatenation.Difference | Concatenation.Product, 6)]
    [InlineData(Concatenation.Vectors | Concatenation.Product, 9)]
    [InlineData(Concatenation.Vectors | Concatenation.Difference, 9)]
    [InlineData(Concatenation.Vectors | Concatenation.Difference | Concatenation.Product, 12)]
    public void Every_concatenation_has_its_classifier_and_trains(Concatenation concatenation, int inputs)
    {
        var loss = new SoftmaxLoss(3, 2, concatenation, seed: 5);
        loss.Classifier.Inputs.ShouldBe(inputs);
        loss.Parameters().Select(parameter => parameter.Key).ShouldBe(["classifier.weight", "classifier.bias"]);
        CheckGradients(loss, [Random(1, 4, 3), Random(2, 4, 3)], Tensor.From([0, 1, 1, 0], 4));
        loss.Parameters().ShouldAllBe(parameter => parameter.Value.Gradient != null);
    }

    [Fact]
    public void Single_texts_are_classified_by_their_vector_alone()
    {
        var loss = new SoftmaxLoss(3, 2, Concatenation.Alone, seed: 5);
        loss.Classifier.Inputs.ShouldBe(3);
        var u = Random(1, 4, 3);
        CheckGradients(loss, [u], Tensor.From([0, 1, 1, 0], 4));
        using var run = new Computation();
        loss.Logits(run, u).Values.ToArray().ShouldBe(run.Linear(u, loss.Classifier).Values.ToArray());
        Fails(loss, [u, u], Tensor.From([0, 1, 1, 0], 4), "takes 1 text columns, not 2");
        Should.Throw<ArgumentOutOfRangeException>(() => new SoftmaxLoss(3, 2, Concatenation.Alone | Concatenation.Product)).ParamName.ShouldBe("concatenation");
    }

    [Fact]
    public void Other_similarities_have_their_gradients()
    {
        foreach (var similarity in Enum.GetValues<SimilarityFunction>())
        {
            CheckGradients(new MultipleNegativesRankingLoss(2, similarity), [Random(1, 4, 3), Random(2, 4, 3), Random(3, 4, 3)]);
            CheckGradients(new MultipleNegativesSymmetricRankingLoss(2, similarity), [Random(1, 4, 3), Random(2, 4, 3), Random(3, 4, 3)]);
            CheckGradients(new MarginMSELoss(similarity), [Random(1, 4, 3), Random(2, 4, 3), Random(3, 4, 3)], Tensor.From([0.5f, 1, -1, 2], 4));
        }
    }

    [Fact]
    public void Contrastive_tension_is_binary_cross_entropy_added_up()
    {
        Tensor u = Random(1, 4, 3), v = Random(2, 4, 3);
        float[] labels = [1, 0, 0, 1];
        double expected = 0;
        for (var row = 0; row < 4; row++)
        {
            var score = u.Row(row).ToArray().Zip(v.Row(row).ToArray(), (a, b) => (double)a * b).Sum();
            expected += Math.Log(1 + Math.Exp(labels[row] == 1 ? -score : score));
        }

        Value(new ContrastiveTensionLoss(), [u, v], Tensor.From(labels, 4)).ShouldBe((float)expected, 1e-5f);
        CheckGradients(new ContrastiveTensionLoss(), [u, v], Tensor.From(labels, 4));
    }

    [Fact]
    public void Contrastive_tension_with_the_batch_is_symmetric_ranking_with_a_scale_that_trains()
    {
        Tensor[] columns = [Random(1, 4, 3), Random(2, 4, 3)];
        var loss = new ContrastiveTensionInBatchNegativesLoss(5);
        Value(loss, columns).ShouldBe(Value(new MultipleNegativesSymmetricRankingLoss(5), columns), 1e-5f);
        CheckGradients(loss, columns);
        var scale = loss.Parameters().ShouldHaveSingleItem().Value;
        var gradient = scale.Gradient!.Values[0];
        scale.Writable[0] += (float)Step;
        var above = Value(loss, columns);
        scale.Writable[0] -= 2 * (float)Step;
        gradient.ShouldBe((float)((above - Value(loss, columns)) / (2 * Step)), 1e-3f);
    }

    [Fact]
    public void Duplicates_of_the_positive_are_no_negatives()
    {
        Tensor a = Random(1, 3, 4), b = Random(2, 3, 4);
        var twice = Tensor.From([.. b.Row(0), .. b.Row(0), .. b.Row(2)], 3, 4);
        using var run = new Computation();
        var masked = new MultipleNegativesRankingLoss().Forward(run, new LossInput([a, twice]) { TextNumbers = [[0, 1, 2], [3, 3, 4]] });

        // Without its duplicate, each of the first two rows has the third positive as its only negative.
        double Row(int row, params int[] candidates)
        {
            double Power(int candidate) => Math.Exp(20 * Similarity.Of(a.Row(row), twice.Row(candidate)));
            return -Math.Log(Power(row) / candidates.Sum(Power));
        }

        masked.Values[0].ShouldBe((float)((Row(0, 0, 2) + Row(1, 1, 2) + Row(2, 0, 1, 2)) / 3), 1e-4f);
        new MultipleNegativesSymmetricRankingLoss().Forward(run, new LossInput([a, twice]) { TextNumbers = [[0, 1, 2], [3, 3, 4]] }).Values[0]
            .ShouldBeLessThan(Value(new MultipleNegativesSymmetricRankingLoss(), [a, twice]));
    }

    [Fact]
    public void Batches_with_nothing_to_compare_cost_nothing_and_have_gradients_of_zero()
    {
        var one = Tensor.From([1, 1, 1], 3);
        CheckZero(new BatchAllTripletLoss(), [Random(1, 3, 4)], one);
        CheckZero(new BatchSemiHardTripletLoss(), [Random(1, 3, 4)], one);
        CheckZero(new CoSENTLoss(), [Random(1, 3, 4), Random(2, 3, 4)], one);
        CheckZero(new AnglELoss(), [Random(1, 3, 4), Random(2, 3, 4)], one);
        CheckZero(new OnlineContrastiveLoss(DistanceMetric.Euclidean), [Random(1, 3, 4), Random(1, 3, 4)], one);
    }

    [Fact]
    public void Equal_vectors_have_finite_gradients()
    {
        var labels = Tensor.From([0, 0, 1], 3);
        foreach (var loss in (Loss[])[new BatchAllTripletLoss(), new BatchHardTripletLoss(), new BatchHardSoftMarginTripletLoss(), new BatchSemiHardTripletLoss()])
        {
            Gradients(loss, [Tensor.From([1, 2, 1, 2, 1, 2], 3, 2)], labels)[0].ShouldAllBe(g => float.IsFinite(g));
            Gradients(loss, [Tensor.Zeros(3, 2)], labels)[0].ShouldAllBe(g => float.IsFinite(g));
        }

        Gradients(new MultipleNegativesRankingLoss(), [Tensor.Zeros(3, 2), Tensor.Zeros(3, 2)])[0].ShouldAllBe(g => float.IsFinite(g));
    }

    [Fact]
    public void Some_lengths_are_drawn_from_the_seed_and_all_without_one()
    {
        Tensor[] columns = [Random(1, 4, 6), Random(2, 4, 6)];
        float Value(ulong? seed, int[] dimensions, int? count)
        {
            using var run = new Computation(dropoutSeed: seed);
            return new MatryoshkaLoss(new MultipleNegativesRankingLoss(), dimensions, dimensionsPerStep: count).Forward(run, new LossInput(columns)).Values[0];
        }

        float[] single = [Value(1, [6], null), Value(1, [4], null), Value(1, [2], null)];
        Enumerable.Range(0, 40).Select(seed => Value((ulong)seed, [6, 4, 2], 1)).Distinct().Order().ShouldBe(single.Order());
        Value(9, [6, 4, 2], 3).ShouldBe(single.Sum(), 1e-5f);
        Value(null, [6, 4, 2], 1).ShouldBe(single.Sum(), 1e-5f);
        Should.Throw<ArgumentOutOfRangeException>(() => new MatryoshkaLoss(new CoSENTLoss(), [4], dimensionsPerStep: 0)).ParamName.ShouldBe("dimensionsPerStep");
    }

    [Fact]
    public void What_a_batch_lacks_is_named()
    {
        Tensor two = Random(1, 2, 4), three = Random(2, 3, 4), one = Random(3, 1, 4);
        Fails(new TripletLoss(), [two, two], null, "TripletLoss takes 3 text columns, not 2");
        Fails(new MultipleNegativesRankingLoss(), [two, three], null, "column 1 float32[3, 4]");
        Fails(new MultipleNegativesRankingLoss(), [one, one], null, "batch of one row");
        Fails(new MegaBatchMarginLoss(), [one, one], null, "batch of one row");
        Fails(new CosineSimilarityLoss(), [two, two], null, "needs labels");
        Fails(new CosineSimilarityLoss(), [two, two], Tensor.Zeros(3), "one label for each of 2 rows");
        Fails(new CosineSimilarityLoss(), [two, two], Tensor.From([1, float.NaN], 2), "row 1");
        Fails(new SoftmaxLoss(4, 3), [two, two], Tensor.From([0, 3], 2), "label 3 of row 1 is not one of the classes 0 to 2");
        Fails(new ContrastiveLoss(), [two, two], Tensor.From([0, 0.5f], 2), "label 0.5 of row 1");
        Fails(new MarginMSELoss(), [two, two, two], Tensor.Zeros(2, 3), "1 margins or 2 scores");
        Fails(new GISTEmbedLoss(), [two, two], null, "guide");
        Fails(new MatryoshkaLoss(new CoSENTLoss(), [8]), [two, two], Tensor.Zeros(2), "cannot cut vectors of 4 elements to 8");
        Should.Throw<LossInputException>(() => new MultipleNegativesRankingLoss().Forward(new Computation(), new LossInput([two, two]) { TextNumbers = [[0, 1]] })).Message.ShouldContain("text number");
        Fails(new MSELoss(), [Tensor.Zeros(0, 4)], Tensor.Zeros(0, 4), "at least one");
        Fails(new AnglELoss(), [Random(1, 2, 3), Random(2, 2, 3)], Tensor.Zeros(2), "even");
    }

    [Fact]
    public void Settings_outside_their_range_are_named()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new MultipleNegativesRankingLoss(0)).ParamName.ShouldBe("scale");
        Should.Throw<ArgumentOutOfRangeException>(() => new GISTEmbedLoss(float.NaN)).ParamName.ShouldBe("temperature");
        Should.Throw<ArgumentOutOfRangeException>(() => new SoftmaxLoss(3, 0)).ParamName.ShouldBe("classes");
        Should.Throw<ArgumentOutOfRangeException>(() => new SoftmaxLoss(3, 2, 0)).ParamName.ShouldBe("concatenation");
        Should.Throw<ArgumentException>(() => new MatryoshkaLoss(new CoSENTLoss(), [4, 2], [1])).Message.ShouldContain("1 weights");
    }

    private static void Fails(Loss loss, Tensor[] columns, Tensor? labels, string message) =>
        Should.Throw<LossInputException>(() => Value(loss, columns, labels)).Message.ShouldContain(message);

    private static void CheckZero(Loss loss, Tensor[] columns, Tensor labels)
    {
        Value(loss, columns, labels).ShouldBe(0);
        Gradients(loss, columns, labels).SelectMany(g => g).ShouldAllBe(g => g == 0);
    }

    private static void CheckGradients(Loss loss, Tensor[] columns, Tensor? labels = null)
    {
        var gradients = Gradients(loss, columns, labels);
        for (var column = 0; column < columns.Length; column++)
        {
            for (var i = 0; i < columns[column].Length; i++)
            {
                var value = columns[column].Values[i];
                columns[column].Writable[i] = value + (float)Step;
                var above = Value(loss, columns, labels);
                columns[column].Writable[i] = value - (float)Step;
                var below = Value(loss, columns, labels);
                columns[column].Writable[i] = value;
                gradients[column][i].ShouldBe((float)((above - below) / (2 * Step)), 5e-3f, $"column {column}, element {i}");
            }
        }
    }

    private static float Value(Loss loss, Tensor[] columns, Tensor? labels = null)
    {
        using var run = new Computation();
        return loss.Forward(run, new LossInput(columns, labels)).Values[0];
    }

    private static float[][] Gradients(Loss loss, Tensor[] columns, Tensor? labels = null)
    {
        foreach (var column in columns)
        {
            (column.RequiresGradient, column.Gradient) = (true, null);
        }

        foreach (var (_, parameter) in loss.Parameters())
        {
            parameter.Gradient = null;
        }

        using var run = new Computation(recording: true);
        run.Backward(loss.Forward(run, new LossInput(columns, labels)));
        return [.. columns.Select(column => column.Gradient!.Values.ToArray())];
    }

    private static Tensor Random(int seed, int rows, int columns)
    {
        var random = new Random(seed);
        return Tensor.From([.. Enumerable.Range(0, rows * columns).Select(_ => (random.NextSingle() * 2) - 1)], rows, columns);
    }
}
