using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public sealed class SparseLossTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Flops_are_the_squares_of_the_mean_activations()
    {
        var vectors = Tensor.From([1, 0, 3, 3, 2, 0], 2, 3); // means 2, 1 and 1.5
        LossChecks.Value(new FlopsLoss(), [vectors]).ShouldBe(4 + 1 + 2.25f, 1e-5f);
        LossChecks.Value(new FlopsLoss(), [Tensor.From([1, 0, 3], 1, 3), Tensor.From([3, 2, 0], 1, 3)]).ShouldBe(7.25f, 1e-5f);

        // Of three vectors only one has more than two elements.
        var mixed = Tensor.From([1, 0, 3, 3, 2, 0, 3, 3, 3], 3, 3);
        LossChecks.Value(new FlopsLoss(new() { Threshold = 2 }), [mixed]).ShouldBe(3, 1e-5f);
        LossChecks.CheckGradients(new FlopsLoss(), [LossChecks.Random(1, 3, 4), LossChecks.Random(2, 3, 4)]);
        LossChecks.CheckGradients(new FlopsLoss(new() { Threshold = 3 }), [LossChecks.Random(3, 2, 4)]);
    }

    [Fact]
    public void Ranking_and_the_flops_of_documents_and_queries_add_up()
    {
        Tensor[] columns = [LossChecks.Random(1, 3, 4), LossChecks.Random(2, 3, 4), LossChecks.Random(3, 3, 4)];
        var ranking = LossChecks.Value(new MultipleNegativesRankingLoss(new() { Scale = 1, Similarity = SimilarityFunction.DotProduct }), columns);
        LossChecks.Value(new SparseMultipleNegativesRankingLoss(), columns).ShouldBe(ranking);
        float Splade(SpladeLossSettings settings) => LossChecks.Value(new SpladeLoss(new SparseMultipleNegativesRankingLoss(), settings), columns);
        var (documents, queries, all) = (LossChecks.Value(new FlopsLoss(), columns[1..]), LossChecks.Value(new FlopsLoss(), columns[..1]), LossChecks.Value(new FlopsLoss(), columns));
        Splade(new() { DocumentWeight = 0.5f }).ShouldBe(ranking + (0.5f * documents), 1e-5f);
        Splade(new() { DocumentWeight = 0.5f, QueryWeight = 2 }).ShouldBe(ranking + (0.5f * documents) + (2 * queries), 1e-5f);
        Splade(new() { DocumentWeight = 0.5f, QueryWeight = 2, DocumentsOnly = true }).ShouldBe(ranking + (0.5f * all), 1e-5f);
        LossChecks.CheckGradients(new SpladeLoss(new SparseMultipleNegativesRankingLoss(), new() { DocumentWeight = 0.5f, QueryWeight = 2 }), columns);
        new SpladeLoss(new CoSENTLoss(), new() { DocumentWeight = 1 }).ToString().ShouldBe("SpladeLoss(CoSENTLoss)");
    }

    [Theory]
    [InlineData(SpladeWarmup.Quadratic, 0, 0)]
    [InlineData(SpladeWarmup.Quadratic, 0.1, 0.25)]
    [InlineData(SpladeWarmup.Quadratic, 0.2, 1)]
    [InlineData(SpladeWarmup.Quadratic, 0.9, 1)]
    [InlineData(SpladeWarmup.Linear, 0.05, 0.25)]
    [InlineData(SpladeWarmup.None, 0, 1)]
    public void The_weights_grow_in_the_first_part_of_a_training(SpladeWarmup warmup, double progress, double part)
    {
        Tensor[] columns = [LossChecks.Random(1, 3, 4), LossChecks.Random(2, 3, 4)];
        var settings = new SpladeLossSettings { DocumentWeight = 0.5f, QueryWeight = 2, Warmup = warmup, WarmupRatio = 0.2f };
        using var run = new Computation();
        var value = new SpladeLoss(new SparseMultipleNegativesRankingLoss(), settings).Forward(run, new LossInput(columns) { Progress = progress }).Values[0];
        var regularized = (0.5f * LossChecks.Value(new FlopsLoss(), columns[1..])) + (2 * LossChecks.Value(new FlopsLoss(), columns[..1]));
        value.ShouldBe(LossChecks.Value(new SparseMultipleNegativesRankingLoss(), columns) + ((float)part * regularized), 1e-5f);
    }

    [Fact]
    public void The_trainer_tells_a_loss_how_far_it_is()
    {
        var progress = new List<double>();
        var rows = RecordedTexts.Rows(2);
        new Trainer(
            RecordedTexts.Model(), [new TrainingDataset("rows", rows, new ProgressLoss(progress))], new DefaultBatchSampler(rows.Length, rows.Length, seed: 1),
            parameters => new AdamW(ParameterGroups.From(parameters)), new TrainerOptions { Steps = 4, Schedule = new ConstantSchedule(1e-3) }).Train();
        progress.ShouldBe([0, 0.25, 0.5, 0.75]);
    }

    [Fact]
    public void The_cached_loss_is_the_loss_in_mini_batches()
    {
        var batch = new TrainingBatch(Model(), RecordedTexts.Rows(3));
        var settings = new SpladeLossSettings { DocumentWeight = 0.02f, QueryWeight = 0.03f };
        var cached = new CachedSpladeLoss(new SparseMultipleNegativesRankingLoss(), settings, miniBatchTokens: 40);
        cached.Backward(batch).ShouldBe(Loss().Backward(batch), 1e-5);
        cached.ToString().ShouldBe("CachedSpladeLoss");
    }

    [Fact]
    public void Gradients_of_a_sparse_encoder_equal_finite_differences() =>
        ModelGradients.Check(Loss(), new TrainingBatch(Model(), RecordedTexts.Rows(3))).ShouldBeGreaterThan(20);

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(8192)]
    public void Mini_batches_give_a_sparse_encoder_the_same_gradients(int tokens) =>
        ModelGradients.CheckCached(Loss(), new TrainingBatch(Model(), RecordedTexts.Rows(3)), tokens);

    [Fact]
    public void A_sparse_encoder_is_trained_and_saved()
    {
        var model = Model();
        ModelGradients.CheckTraining(Loss(), model, RecordedTexts.Rows(3), _folder.Path);
        var expected = model.Encode("A man is eating food.");
        var actual = SparseEncoder.Load(_folder.Path).Encode("A man is eating food.");
        actual.Indices.ToArray().ShouldBe(expected.Indices.ToArray());
        actual.Values.ToArray().ShouldBe(expected.Values.ToArray());
    }

    private sealed class ProgressLoss(List<double> progress) : Loss
    {
        public override Tensor Forward(Computation run, LossInput input)
        {
            progress.Add(input.Progress);
            return run.Sum(run.Multiply(input.Embeddings[0], input.Embeddings[1]));
        }
    }

    private static SpladeLoss Loss() => new(new SparseMultipleNegativesRankingLoss(), new() { DocumentWeight = 0.02f, QueryWeight = 0.03f });

    private static SparseEncoder Model()
    {
        var model = SparseEncoder.LoadTrainable(Fixtures.Own("st/splade"));
        ModelGradients.Train(model);
        return model;
    }
}
