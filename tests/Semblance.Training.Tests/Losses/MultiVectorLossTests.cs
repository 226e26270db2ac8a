using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public sealed class MultiVectorLossTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_loss_is_cross_entropy_over_the_scores_of_late_interaction()
    {
        var model = Model();
        var rows = RecordedTexts.Rows(3);
        var queries = model.EncodeQuery([.. rows.Select(row => row.Texts[0])]);
        var documents = model.EncodeDocument([.. rows.Select(row => row.Texts[1]), .. rows.Select(row => row.Texts[2])]);
        var scores = model.Similarity(queries, documents);
        var expected = Enumerable.Range(0, rows.Length).Average(row =>
        {
            var powers = scores.Row(row).ToArray().Select(score => Math.Exp(2 * score)).ToArray();
            return -Math.Log(powers[row] / powers.Sum());
        });
        new MultiVectorMultipleNegativesRankingLoss(new() { Scale = 2 }).Backward(new TrainingBatch(model, rows)).ShouldBe(expected, 1e-4);
    }

    [Fact]
    public void A_candidate_with_the_text_of_the_right_answer_is_no_negative()
    {
        Example[] rows = [new(["Hi", "A man."]), new(["Hello", "A man."]), new(["What", "A horse."])];
        var model = Model();
        ModelOutput Column(Computation run, int column) => ((ITrainableModel)model).Forward(run, new ModelInput([.. rows.Select(row => row.Texts[column])]) { Column = column });
        double Of(bool numbered)
        {
            using var run = new Computation();
            var input = new MultiVectorInput([Column(run, 0), Column(run, 1)]) { TextNumbers = numbered ? [[0, 1, 2], [3, 3, 4]] : null };
            return new MultiVectorMultipleNegativesRankingLoss().Forward(run, input).Values[0];
        }

        Of(numbered: true).ShouldBeLessThan(Of(numbered: false));
        new MultiVectorMultipleNegativesRankingLoss().Backward(new TrainingBatch(model, rows)).ShouldBe(Of(numbered: true), 1e-6);
    }

    [Fact]
    public void Gradients_of_a_multi_vector_encoder_equal_finite_differences() =>
        ModelGradients.Check(new MultiVectorMultipleNegativesRankingLoss(), new TrainingBatch(Model(), RecordedTexts.Rows(3))).ShouldBeGreaterThan(20);

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(8192)]
    public void Mini_batches_give_a_multi_vector_encoder_the_same_gradients(int tokens) =>
        ModelGradients.CheckCached(new MultiVectorMultipleNegativesRankingLoss(), new TrainingBatch(Model(), RecordedTexts.Rows(3)), tokens);

    [Fact]
    public void A_multi_vector_encoder_is_trained_saved_and_trained_again()
    {
        var model = Model();
        ModelGradients.CheckTraining(new MultiVectorMultipleNegativesRankingLoss(), model, RecordedTexts.Rows(3), _folder.Path);
        var read = MultiVectorEncoder.LoadTrainable(_folder.Path);
        read.EncodeDocument(["A man is eating food."])[0].Values.ToArray().ShouldBe(model.EncodeDocument(["A man is eating food."])[0].Values.ToArray());
        ModelGradients.CheckTraining(new MultiVectorMultipleNegativesRankingLoss(), read, RecordedTexts.Rows(3), _folder.Path);
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        var loss = new MultiVectorMultipleNegativesRankingLoss();
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), RecordedTexts.Rows(1)))).Message.ShouldContain("takes at least 2 text columns, not 1");
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), RecordedTexts.Rows(2)[..1]))).Message.ShouldContain("no negatives in a batch of one row");
        Should.Throw<LossInputException>(() => new CoSENTLoss().Backward(new TrainingBatch(Model(), RecordedTexts.Rows(2)))).Message
            .ShouldBe("CoSENTLoss needs sentence vectors, and the model, a MultiVectorEncoder, makes token vectors; the losses for it are MultiVectorMultipleNegativesRankingLoss, MultiVectorDistillKLDivLoss, MultiVectorSimilarityDistillLoss, AdversarialLoss.");
        Should.Throw<ArgumentOutOfRangeException>(() => new MultiVectorMultipleNegativesRankingLoss(new() { Scale = 0 })).ParamName.ShouldBe("Scale");
    }

    [Theory]
    [InlineData(true, 1, 1)]
    [InlineData(false, 3, 0.5f)]
    public void Distillation_is_the_divergence_from_a_teacher_over_the_documents_of_each_query(bool normalize, float student, float teacher)
    {
        var (model, rows) = (Model(), Judged());
        var expected = rows.Average(row =>
        {
            var documents = model.EncodeDocument([.. row.Texts.Skip(1)]);
            var scores = model.Similarity(model.EncodeQuery([row.Texts[0]]), documents).Values.ToArray().Select(score => (double)score).ToArray();
            var (least, most) = (scores.Min(), scores.Max());
            var q = Softmax(scores.Select(score => (normalize ? (score - least) / (most - least) : score) / student));
            var p = Softmax(row.Targets!.Select(target => (double)target / teacher));
            return student * student * p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
        });
        var loss = new MultiVectorDistillKLDivLoss(new() { NormalizeScores = normalize, StudentTemperature = student, TeacherTemperature = teacher });
        loss.Backward(new TrainingBatch(model, rows)).ShouldBe(expected, 1e-4);

        static double[] Softmax(IEnumerable<double> scores)
        {
            var powers = scores.Select(Math.Exp).ToArray();
            return [.. powers.Select(power => power / powers.Sum())];
        }
    }

    [Fact]
    public void Gradients_of_a_multi_vector_encoder_that_is_distilled_equal_finite_differences() => ModelGradients.Check(
        new MultiVectorDistillKLDivLoss(new() { NormalizeScores = false, TeacherTemperature = 0.2f }), new TrainingBatch(Model(), Judged())).ShouldBeGreaterThan(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_of_distillation_by_token_vectors_equal_finite_differences(bool normalize)
    {
        int[][] offsets = [[0, 2, 5], [0, 3, 4], [0, 1, 4], [0, 2, 3]];
        Tensor[] tokens = [.. offsets.Select((column, i) => LossChecks.Random(i + 1, column[^1], 4))];
        var loss = new MultiVectorDistillKLDivLoss(new() { NormalizeScores = normalize, TeacherTemperature = 0.5f });
        Tensor Value(Computation run) => loss.Forward(
            run, new MultiVectorInput([.. tokens.Zip(offsets, (vectors, column) => new ModelOutput(vectors, column))]) { Labels = Tensor.From([1, 0.2f, 0.5f, 0.1f, 0.9f, 0.4f], 2, 3) });
        double At(Tensor vectors, int element, float value)
        {
            using var run = new Computation();
            vectors.Writable[element] = value;
            return Value(run).Values[0];
        }

        foreach (var vectors in tokens)
        {
            vectors.RequiresGradient = true;
        }

        using var recording = new Computation(recording: true);
        recording.Backward(Value(recording));
        foreach (var vectors in tokens)
        {
            for (var i = 0; i < vectors.Length; i++)
            {
                var (value, gradient) = (vectors.Values[i], vectors.Gradient!.Values[i]);
                var slope = (At(vectors, i, value + 1e-3f) - At(vectors, i, value - 1e-3f)) / 2e-3;
                vectors.Writable[i] = value;
                gradient.ShouldBe((float)slope, Math.Max(2e-3f, 0.02f * Math.Abs(gradient)), $"element {i}");
            }
        }

        tokens.SelectMany(vectors => vectors.Gradient!.Values.ToArray()).ShouldContain(gradient => Math.Abs(gradient) > 0.02f);
    }

    [Fact]
    public void Distillation_in_mini_batches_has_the_same_gradients_and_trains()
    {
        var loss = new MultiVectorDistillKLDivLoss(new() { TeacherTemperature = 0.2f });
        ModelGradients.CheckCached(loss, new TrainingBatch(Model(), Judged()), 40);
        ModelGradients.CheckTraining(loss, Model(), Judged(), _folder.Path);
    }

    [Fact]
    public void Distillation_needs_a_score_for_each_document_and_is_finite_where_all_are_equal()
    {
        var loss = new MultiVectorDistillKLDivLoss();
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), [.. Judged().Select(row => row with { Targets = null })]))).Message.ShouldContain("needs labels, and the batch has none");
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), [.. RecordedTexts.Rows(3).Select(row => row with { Targets = [1, 0] })]))).Message.ShouldContain("has two documents for each query");
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), [.. Judged().Select(row => row with { Targets = [1, 0] })]))).Message.ShouldContain("needs 3 labels for each of 5 rows");
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), [.. RecordedTexts.Rows(2).Select(row => row with { Targets = [1] })]))).Message.ShouldContain("takes at least 3 text columns, not 2");
        var model = Model();
        var same = new Example(["A man.", "A horse.", "A horse.", "A horse."]) { Targets = [1, 0, 0.5f] };
        loss.Backward(new TrainingBatch(model, [same])).ShouldBeGreaterThan(0);
        ModelGradients.Of(model).ShouldAllBe(gradient => Math.Abs(gradient) < 1);
    }

    [Fact]
    public void Distillation_of_similarities_is_the_divergence_from_a_dense_teacher_over_all_documents_of_a_batch()
    {
        var (model, rows) = (Model(), WithVectors());
        var columns = rows[0].Texts.Count;
        float[] Vector(int row, int column) => [.. rows[row].Targets!.Skip(column * Dimension).Take(Dimension)];
        var queries = model.EncodeQuery([.. rows.Select(row => row.Texts[0])]);
        var documents = model.EncodeDocument([.. Enumerable.Range(1, columns - 1).SelectMany(column => rows.Select(row => row.Texts[column]))]);
        var scores = model.Similarity(queries, documents);
        var expected = Enumerable.Range(0, rows.Length).Average(row =>
        {
            var q = Softmax(scores.Row(row).ToArray().Select(score => score / 2.0));
            var p = Softmax(Enumerable.Range(1, columns - 1).SelectMany(column => rows.Select((_, other) =>
                System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(Vector(row, 0), Vector(other, column)) / 0.1)));
            return p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
        });
        var loss = new MultiVectorSimilarityDistillLoss(new() { Temperature = 0.1f, StudentTemperature = 2 });
        loss.Backward(new TrainingBatch(model, rows)).ShouldBe(expected, 1e-4);

        static double[] Softmax(IEnumerable<double> scores)
        {
            var powers = scores.Select(Math.Exp).ToArray();
            return [.. powers.Select(power => power / powers.Sum())];
        }
    }

    [Fact]
    public void Gradients_of_distilled_similarities_equal_finite_differences()
    {
        var loss = new MultiVectorSimilarityDistillLoss(new() { Temperature = 0.2f });
        ModelGradients.Check(loss, new TrainingBatch(Model(), WithVectors())).ShouldBeGreaterThan(10);
        ModelGradients.CheckCached(loss, new TrainingBatch(Model(), WithVectors()), 40);
        ModelGradients.CheckTraining(loss, Model(), WithVectors(), _folder.Path);
    }

    [Fact]
    public void Distillation_of_similarities_needs_a_vector_for_each_column_and_several_documents()
    {
        var loss = new MultiVectorSimilarityDistillLoss();
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), RecordedTexts.Rows(2)))).Message.ShouldContain("needs labels, and the batch has none");
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), [.. WithVectors().Select(row => row with { Targets = [1, 0] })]))).Message.ShouldContain("a row has 2 labels, which 3 does not divide");
        Example[] pair = [new(RecordedTexts.Rows(2)[0].Texts) { Targets = [1, 0, 0, 1] }];
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(Model(), pair))).Message.ShouldContain("one document to compare");
    }

    [Fact]
    public void Quotients_have_the_gradients_of_finite_differences()
    {
        Tensor x = Tensor.From([1, -2, 0.5f], 1, 3), y = Tensor.From([2, 0.8f, -1.5f], 1, 3);
        (x.RequiresGradient, y.RequiresGradient) = (true, true);
        using var run = new Computation(recording: true);
        var quotient = run.Divide(x, y);
        quotient.Values.ToArray().ShouldBe([0.5f, -2.5f, -1 / 3f]);
        run.Backward(run.Sum(run.Square(quotient)));
        for (var i = 0; i < 3; i++)
        {
            double Of(double a, double b) => a / b * (a / b);
            var (a, b) = ((double)x.Values[i], (double)y.Values[i]);
            x.Gradient!.Values[i].ShouldBe((float)((Of(a + 1e-5, b) - Of(a - 1e-5, b)) / 2e-5), 1e-4f);
            y.Gradient!.Values[i].ShouldBe((float)((Of(a, b + 1e-5) - Of(a, b - 1e-5)) / 2e-5), 1e-4f);
        }

        Should.Throw<ArgumentException>(() => run.Divide(x, Tensor.Zeros(3, 1))).Message.ShouldContain("different shapes");
    }

    private const int Dimension = 4;

    private static Example[] WithVectors() =>
        [.. RecordedTexts.Rows(3).Select((row, i) => row with { Targets = LossChecks.Random(i + 1, row.Texts.Count, Dimension).Values.ToArray() })];

    private static Example[] Judged()
    {
        var rows = RecordedTexts.Rows(3);
        return [.. rows.Select((row, i) => new Example([.. row.Texts, rows[(i + 1) % rows.Length].Texts[1]]) { Targets = [1 - (0.2f * i), 0.1f * i, 0.5f] })];
    }

    private static MultiVectorEncoder Model()
    {
        var model = MultiVectorEncoder.Of(SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model")));
        ModelGradients.Train(model);
        return model;
    }
}
