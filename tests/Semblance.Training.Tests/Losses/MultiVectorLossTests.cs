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
            .ShouldBe("CoSENTLoss needs sentence vectors, and the model, a MultiVectorEncoder, makes token vectors; the losses for it are MultiVectorMultipleNegativesRankingLoss.");
        Should.Throw<ArgumentOutOfRangeException>(() => new MultiVectorMultipleNegativesRankingLoss(new() { Scale = 0 })).ParamName.ShouldBe("Scale");
    }

    private static MultiVectorEncoder Model()
    {
        var model = MultiVectorEncoder.Of(SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model")));
        ModelGradients.Train(model);
        return model;
    }
}
