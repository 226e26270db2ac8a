using Semblance.Tensors;
using static Semblance.Training.Tests.Losses.LossChecks;

namespace Semblance.Training.Tests.Losses;

public class LossTests
{
    [Theory]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.Manhattan)]
    public void A_triplet_in_order_costs_nothing_and_one_out_of_order_does(DistanceMetric metric)
    {
        var (anchor, near, far) = (Tensor.From([1, 0], 1, 2), Tensor.From([1, 0.1f], 1, 2), Tensor.From([-1, 0], 1, 2));
        Value(new TripletLoss(new() { Metric = metric, Margin = 0.1f }), [anchor, near, far]).ShouldBe(0);
        Value(new TripletLoss(new() { Metric = metric, Margin = 0.1f }), [anchor, far, near]).ShouldBeGreaterThan(1);
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
        var loss = new SoftmaxLoss(3, 2, new() { Concatenation = concatenation, Seed = 5 });
        loss.Classifier.Inputs.ShouldBe(inputs);
        loss.Parameters().Select(parameter => parameter.Name).ShouldBe(["classifier.weight", "classifier.bias"]);
        CheckGradients(loss, [Random(1, 4, 3), Random(2, 4, 3)], Tensor.From([0, 1, 1, 0], 4));
        loss.Parameters().ShouldAllBe(parameter => parameter.Value.Gradient != null);
    }

    [Fact]
    public void Single_texts_are_classified_by_their_vector_alone()
    {
        var loss = new SoftmaxLoss(3, 2, new() { Concatenation = Concatenation.Alone, Seed = 5 });
        loss.Classifier.Inputs.ShouldBe(3);
        var u = Random(1, 4, 3);
        CheckGradients(loss, [u], Tensor.From([0, 1, 1, 0], 4));
        using var run = new Computation();
        loss.Logits(run, u).Values.ToArray().ShouldBe(run.Linear(u, loss.Classifier).Values.ToArray());
        Fails(loss, [u, u], Tensor.From([0, 1, 1, 0], 4), "takes 1 text columns, not 2");
        Should.Throw<ArgumentOutOfRangeException>(() => new SoftmaxLoss(3, 2, new() { Concatenation = Concatenation.Alone | Concatenation.Product })).ParamName.ShouldBe("concatenation");
    }

    [Fact]
    public void Other_similarities_have_their_gradients()
    {
        foreach (var similarity in Enum.GetValues<SimilarityFunction>())
        {
            CheckGradients(new MultipleNegativesRankingLoss(new() { Scale = 2, Similarity = similarity }), [Random(1, 4, 3), Random(2, 4, 3), Random(3, 4, 3)]);
            CheckGradients(new MultipleNegativesSymmetricRankingLoss(new() { Scale = 2, Similarity = similarity }), [Random(1, 4, 3), Random(2, 4, 3), Random(3, 4, 3)]);
            CheckGradients(new MarginMSELoss(new() { Similarity = similarity }), [Random(1, 4, 3), Random(2, 4, 3), Random(3, 4, 3)], Tensor.From([0.5f, 1, -1, 2], 4));
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
        var loss = new ContrastiveTensionInBatchNegativesLoss(new() { Scale = 5 });
        Value(loss, columns).ShouldBe(Value(new MultipleNegativesSymmetricRankingLoss(new() { Scale = 5 }), columns), 1e-5f);
        CheckGradients(loss, columns);
        var scale = loss.Parameters().ShouldHaveSingleItem().Value;
        var gradient = scale.Gradient!.Values[0];
        scale.Writable[0] += (float)LossChecks.Step;
        var above = Value(loss, columns);
        scale.Writable[0] -= 2 * (float)LossChecks.Step;
        gradient.ShouldBe((float)((above - Value(loss, columns)) / (2 * LossChecks.Step)), 1e-3f);
    }

    [Fact]
    public void Contrastive_tension_without_labels_takes_equal_texts_for_the_same_sentence()
    {
        Tensor u = Random(1, 4, 3), v = Random(2, 4, 3);
        using var run = new Computation();
        var input = new LossInput([u, v]) { TextNumbers = [[0, 1, 2, 3], [0, 4, 5, 3]] };
        new ContrastiveTensionLoss().Forward(run, input).Values[0].ShouldBe(Value(new ContrastiveTensionLoss(), [u, v], Tensor.From([1, 0, 0, 1], 4)));
    }

    [Fact]
    public void An_angle_of_odd_dimension_is_that_with_a_zero_at_the_end()
    {
        static Tensor Padded(Tensor x) => Tensor.From([.. Enumerable.Range(0, x.Rows).SelectMany(row => (float[])[.. x.Row(row), 0])], x.Rows, x.Columns + 1);
        Tensor u = Random(1, 3, 3), v = Random(2, 3, 3), labels = Tensor.From([0, 2, 1], 3);
        Value(new AnglELoss(), [u, v], labels).ShouldBe(Value(new AnglELoss(), [Padded(u), Padded(v)], labels), 1e-5f);
        CheckGradients(new AnglELoss(new() { Scale = 2 }), [u, v], labels);
    }

    [Fact]
    public void Angles_of_triplets_rank_the_positive_before_every_negative()
    {
        Tensor anchor = Random(1, 2, 4), positive = Random(2, 2, 4), first = Random(3, 2, 4), second = Random(4, 2, 4);
        static Tensor Below(params Tensor[] parts) => Tensor.From([.. parts.SelectMany(part => part.Values.ToArray())], parts.Sum(part => part.Rows), 4);
        Value(new AnglELoss(), [anchor, positive, first, second]).ShouldBe(
            Value(new AnglELoss(), [Below(anchor, anchor, anchor), Below(positive, first, second)], Tensor.From([1, 1, 0, 0, 0, 0], 6)));
        Value(new AnglELoss(), [anchor, positive, first], Tensor.From([0.75f, 1], 2)).ShouldBe(
            Value(new AnglELoss(), [Below(anchor, anchor), Below(positive, first)], Tensor.From([0.75f, 1, 0.25f, 0], 4)));
        CheckGradients(new AnglELoss(new() { Scale = 2 }), [anchor, positive, first]);
    }

    [Theory]
    [InlineData(MarginStrategy.Absolute, 0.05f)]
    [InlineData(MarginStrategy.Relative, 0.1f)]
    public void A_guides_margin_lowers_the_limit_of_a_positive_below_zero_too(MarginStrategy strategy, float margin)
    {
        // The guide's similarities of the anchors with the positives: [−0.6, −0.63; −0.8, 0.6]. With a margin the limit of the first row is −0.65 or −0.66.
        Tensor[] guide = [Tensor.From([1, 0, 0, 1], 2, 2), Tensor.From([-0.6f, -0.8f, -0.63f, MathF.Sqrt(1 - (0.63f * 0.63f))], 2, 2)];
        Tensor[] columns = [Random(1, 2, 3), Random(2, 2, 3)];
        using var run = new Computation();
        float Of(float margin) => new GISTEmbedLoss(new() { Temperature = 1, MarginStrategy = strategy, Margin = margin, ContrastAnchors = false, ContrastPositives = false }).Forward(run, new LossInput(columns) { GuideEmbeddings = guide }).Values[0];
        double Row(int row, params int[] candidates) => -Math.Log(Math.Exp(Similarity.Of(columns[0].Row(row), columns[1].Row(row)))
            / candidates.Sum(candidate => Math.Exp(Similarity.Of(columns[0].Row(row), columns[1].Row(candidate)))));

        Of(0).ShouldBe((float)((Row(0, 0, 1) + Row(1, 0, 1)) / 2), 1e-5f);
        Of(margin).ShouldBe((float)((Row(0, 0) + Row(1, 0, 1)) / 2), 1e-5f); // the second candidate of the first row is a false negative
    }

    [Fact]
    public void Student_and_teacher_have_temperatures_of_their_own()
    {
        Tensor[] columns = [Random(1, 2, 3), Random(2, 2, 3), Random(3, 2, 3)];
        var teacher = Tensor.From([80, 40, 10, 30], 2, 2);
        double expected = 0;
        for (var row = 0; row < 2; row++)
        {
            double[] Softmax(double[] x) => [.. x.Select(value => Math.Exp(value) / x.Sum(Math.Exp))];
            var p = Softmax([teacher.Row(row)[0] / 20, teacher.Row(row)[1] / 20]);
            var q = Softmax([.. columns[1..].Select(column => Similarity.Of(columns[0].Row(row), column.Row(row), SimilarityFunction.DotProduct) / 0.5)]);
            expected += 0.25 * p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum() / 2; // student temperature², mean over rows
        }

        Value(new DistillKLDivLoss(new() { Temperature = 7, StudentTemperature = 0.5f, TeacherTemperature = 20 }), columns, teacher).ShouldBe((float)expected, 1e-5f);
        Value(new DistillKLDivLoss(new() { Temperature = 2 }), columns, teacher).ShouldBe(Value(new DistillKLDivLoss(new() { StudentTemperature = 2, TeacherTemperature = 2 }), columns, teacher));
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
        CheckZero(new OnlineContrastiveLoss(new() { Metric = DistanceMetric.Euclidean }), [Random(1, 3, 4), Random(1, 3, 4)], one);
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
            return new MatryoshkaLoss(new MultipleNegativesRankingLoss(), new() { Dimensions = dimensions, DimensionsPerStep = count }).Forward(run, new LossInput(columns)).Values[0];
        }

        float[] single = [Value(1, [6], null), Value(1, [4], null), Value(1, [2], null)];
        Enumerable.Range(0, 40).Select(seed => Value((ulong)seed, [6, 4, 2], 1)).Distinct().Order().ShouldBe(single.Order());
        Value(9, [6, 4, 2], 3).ShouldBe(single.Sum(), 1e-5f);
        Value(null, [6, 4, 2], 1).ShouldBe(single.Sum(), 1e-5f);
        Should.Throw<ArgumentOutOfRangeException>(() => new MatryoshkaLoss(new CoSENTLoss(), new() { Dimensions = [4], DimensionsPerStep = 0 })).ParamName.ShouldBe("DimensionsPerStep");
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
        Fails(new MatryoshkaLoss(new CoSENTLoss(), new() { Dimensions = [8] }), [two, two], Tensor.Zeros(2), "cannot truncate vectors of 4 elements to 8");
        Should.Throw<LossInputException>(() => new MultipleNegativesRankingLoss().Forward(new Computation(), new LossInput([two, two]) { TextNumbers = [[0, 1]] })).Message.ShouldContain("text number");
        Should.Throw<LossInputException>(() => new MultipleNegativesRankingLoss().Backward(new TrainingBatch(RecordedModel.MeanNormalize, [new Example(["a", "b"]), new Example(["a", "b", "c"])]))).Message.ShouldContain("A row has 3 texts and the first of its batch 2");
        Fails(new MSELoss(), [Tensor.Zeros(0, 4)], Tensor.Zeros(0, 4), "at least one");
        Fails(new AnglELoss(), [two, two], null, "needs labels");
        Fails(new EmbedDistillLoss(), [two, two], Tensor.Zeros(2, 3), "4 labels for each of 2 rows, or 4 for each of 2 columns");
        Fails(new EmbedDistillLoss(new() { Projection = EmbedDistillLoss.NewProjection(3, 4) }), [two], Tensor.Zeros(2, 4), "takes vectors of 3 elements, not of 4");
        Fails(new GlobalOrthogonalRegularizationLoss(), [one], null, "batch of one row");
        Fails(new ContrastiveTensionLoss(), [two, two], null, "needs labels");
    }

    [Fact]
    public void Settings_outside_their_range_are_named()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new MultipleNegativesRankingLoss(new() { Scale = 0 })).ParamName.ShouldBe("Scale");
        Should.Throw<ArgumentOutOfRangeException>(() => new GISTEmbedLoss(new() { Temperature = float.NaN })).ParamName.ShouldBe("Temperature");
        Should.Throw<ArgumentOutOfRangeException>(() => new SoftmaxLoss(3, 0)).ParamName.ShouldBe("classes");
        Should.Throw<ArgumentOutOfRangeException>(() => new SoftmaxLoss(3, 2, new() { Concatenation = 0 })).ParamName.ShouldBe("concatenation");
        Should.Throw<ArgumentException>(() => new MatryoshkaLoss(new CoSENTLoss(), new() { Dimensions = [4, 2], Weights = [1] })).Message.ShouldContain("1 weights");
        Should.Throw<ArgumentException>(() => new MultipleNegativesRankingLoss(new() { Directions = RankingDirections.QueryToQuery })).Message.ShouldContain("QueryToDocument, which has the positive");
        Should.Throw<ArgumentException>(() => new MultipleNegativesRankingLoss(new() { Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToDocument, PartitionMode = PartitionMode.PerDirection }))
            .Message.ShouldStartWith("PerDirection needs directions");
        Should.Throw<ArgumentException>(() => new MultipleNegativesRankingLoss(new() { HardnessMode = HardnessMode.AllNegatives })).Message.ShouldContain("go together");
        Should.Throw<ArgumentException>(() => new MultipleNegativesRankingLoss(new() { HardnessStrength = 1 })).Message.ShouldContain("go together");
        Should.Throw<ArgumentException>(() => new GlobalOrthogonalRegularizationLoss(new() { MeanWeight = 0, SecondMomentWeight = 0 })).Message.ShouldContain("At least one");
        Should.Throw<ArgumentOutOfRangeException>(() => new DistillKLDivLoss(new() { TeacherTemperature = 0 })).ParamName.ShouldBe("TeacherTemperature");
        Should.Throw<ArgumentOutOfRangeException>(() => new AdaptiveLayerLoss(new CoSENTLoss(), new() { LayerWeighting = (LayerWeighting)7 })).ParamName.ShouldBe("LayerWeighting");
    }
}
