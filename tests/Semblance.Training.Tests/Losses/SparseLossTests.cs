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

    private static SpladeLoss Loss() => new(new SparseMultipleNegativesRankingLoss(), new() { DocumentWeight = 0.02f, QueryWeight = 0.03f });

    private static SparseEncoder Model()
    {
        var model = SparseEncoder.LoadTrainable(Fixtures.Own("st/splade"));
        ModelGradients.Train(model);
        return model;
    }
}
