using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public sealed class CSRLossTests : IDisposable
{
    private const int Dense = 32, Sparse = 24, K = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_errors_are_those_of_the_reconstructions_from_the_largest_elements()
    {
        var (model, coder) = Model(deadThreshold: 0);
        var rows = RecordedTexts.Rows(1);
        var dense = Dense64(model, rows);
        var parameters = coder.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Values.ToArray().Select(value => (double)value).ToArray());
        double[] weight = parameters["encoder.weight"], preBias = parameters["pre_bias"], bias = parameters["latent_bias"];

        double total = 0, four = 0, auxiliary = 0;
        var residuals = new List<double[]>();
        var reconstructed = new List<double[]>();
        foreach (var x in dense)
        {
            var latents = Enumerable.Range(0, Sparse).Select(j => bias[j] + Enumerable.Range(0, Dense).Sum(i => weight[(j * Dense) + i] * (x[i] - preBias[i]))).ToArray();
            var largest = Decode(latents, K);
            total += Squared(x, Plus(largest, preBias));
            four += Squared(x, Plus(Decode(latents, 4 * K), preBias));
            residuals.Add([.. x.Zip(largest, (a, b) => a - b)]);
            reconstructed.Add(Plus(Decode(latents, Sparse), preBias)); // every element is unused after one batch
        }

        var mean = Enumerable.Range(0, Dense).Select(i => residuals.Average(row => row[i])).ToArray();
        auxiliary = residuals.Zip(reconstructed, Squared).Sum() / residuals.Sum(row => Squared(row, mean));
        var count = dense.Count * Dense;
        new CSRReconstructionLoss(0.5f).Backward(new TrainingBatch(model, rows)).ShouldBe((total / count) + (four / count / 8) + (0.5 * auxiliary), 1e-5);

        double[] Decode(double[] latents, int k)
        {
            var kept = latents.Index().OrderByDescending(latent => latent.Item).Take(k).Where(latent => latent.Item > 0).ToArray();
            return [.. Enumerable.Range(0, Dense).Select(i => kept.Sum(latent => latent.Item * weight[(latent.Index * Dense) + i]))];
        }

        static double[] Plus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

        static double Squared(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
    }

    [Fact]
    public void The_loss_of_the_sparse_vectors_is_added()
    {
        var batch = new TrainingBatch(Model(deadThreshold: 1000).Model, RecordedTexts.Rows(2));
        var reconstruction = new CSRReconstructionLoss(0.1f).Backward(batch);
        var ranking = new SparseMultipleNegativesRankingLoss().Backward(batch);
        new CSRLoss().Backward(batch).ShouldBe(reconstruction + ranking, 1e-5);
        new CSRLoss(settings: new() { Gamma = 0.25f }).Backward(batch).ShouldBe(reconstruction + (0.25 * ranking), 1e-5);
        new CSRLoss(new CoSENTLoss()).ToString().ShouldBe("CSRLoss(CoSENTLoss)");
    }

    // With all elements kept, as the loss jumps where another element is among the largest, and without the auxiliary error, whose target is
    // a constant for the gradient.
    [Fact]
    public void Gradients_equal_finite_differences() =>
        ModelGradients.Check(new CSRLoss(settings: new() { AuxiliaryWeight = 0 }), new TrainingBatch(Model(1000, Sparse).Model, RecordedTexts.Rows(2)))
            .ShouldBeGreaterThan(5);

    [Fact]
    public void The_auxiliary_error_trains_elements_that_no_text_has()
    {
        var (model, coder) = Model(deadThreshold: 1, k: 1);
        var weight = coder.Parameters().Single(parameter => parameter.Name == "encoder.weight").Value;
        Trained(1).ShouldBe(Trained(0)); // no element has been unused for two batches when the first of these begins
        Trained(1).ShouldBeGreaterThan(Trained(0));

        int Trained(int auxiliary)
        {
            weight.Gradient = null;
            new CSRReconstructionLoss(auxiliary).Backward(new TrainingBatch(model, RecordedTexts.Rows(1)));
            return Enumerable.Range(0, Sparse).Count(row => weight.Gradient!.Row(row).ContainsAnyExcept(0));
        }
    }

    [Fact]
    public void A_sparse_auto_encoder_is_trained_and_saved()
    {
        var (model, _) = Model(deadThreshold: 2);
        ModelGradients.CheckTraining(new CSRLoss(), model, RecordedTexts.Rows(2), _folder.Path);
        var expected = model.Encode("A man is eating food.");
        expected.ActiveDimensions.ShouldBeLessThanOrEqualTo(K);
        SparseEncoder.Load(_folder.Path).Encode("A man is eating food.").ToDense().ShouldBe(expected.ToDense());
    }

    [Fact]
    public void A_model_without_an_auto_encoder_is_named() =>
        Should.Throw<LossInputException>(() => new CSRLoss().Backward(new TrainingBatch(RecordedTexts.Model(), RecordedTexts.Rows(2)))).Message.ShouldContain("SparseAutoEncoder");

    private static (SparseEncoder Model, SparseAutoEncoderModule Coder) Model(int deadThreshold, int k = K)
    {
        var dense = RecordedTexts.Model();
        dense.Dimension.ShouldBe(Dense);
        var coder = new SparseAutoEncoderModule(Dense, Sparse, k, auxiliaryK: Sparse, deadThreshold, seed: 2);
        foreach (ref var bias in coder.Parameters().First().Value.Writable)
        {
            bias = 0.1f;
        }

        var model = new SparseEncoder([.. dense.Modules, coder]);
        ModelGradients.Train(model);
        return (model, coder);
    }

    private static List<double[]> Dense64(SparseEncoder model, Example[] rows)
    {
        var vectors = new SentenceTransformer([.. model.Modules.SkipLast(1)]).Encode([.. rows.Select(row => row.Texts[0])]);
        return [.. Enumerable.Range(0, rows.Length).Select(i => vectors[i].ToArray().Select(value => (double)value).ToArray())];
    }
}
