using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Training.CrossEncoders;

namespace Semblance.Training.Tests.Losses;

public class RDropLossTests
{
    private static readonly Example[] Rows = [.. RecordedTexts.Rows(2).Select((row, i) => row with { Label = i % 3 })];

    [Fact]
    public void Without_dropout_it_is_the_loss_itself()
    {
        var batch = new TrainingBatch(Model(dropout: 0.1f), Rows);
        new RDropLoss(new CrossEntropyLoss()).Backward(batch).ShouldBe(new CrossEntropyLoss().Backward(batch), 1e-6);
    }

    [Fact]
    public void The_divergence_of_two_dropout_masks_is_added()
    {
        var batch = new TrainingBatch(Model(dropout: 0.3f), Rows) { DropoutSeed = 5 };
        double alone = new RDropLoss(new CrossEntropyLoss(), new() { Alpha = 0 }).Backward(batch), one = new RDropLoss(new CrossEntropyLoss()).Backward(batch);
        var expected = 0.0;
        using (var run = batch.Start())
        {
            var (a, b) = (Probabilities(), Probabilities());
            expected = a.Zip(b, (p, q) => (p - q) * Math.Log(p / q)).Sum() / 2 / Rows.Length;

            double[] Probabilities()
            {
                var logits = batch.Forward(run, new CrossEntropyLoss().Inputs(batch)[0]).Value;
                return [.. Enumerable.Range(0, logits.Rows).SelectMany(row =>
                {
                    var powers = logits.Row(row).ToArray().Select(logit => Math.Exp(logit)).ToArray();
                    return powers.Select(power => power / powers.Sum());
                })];
            }
        }

        expected.ShouldBeGreaterThan(1e-6);
        (one - alone).ShouldBe(expected, 1e-3 * expected);
        (new RDropLoss(new CrossEntropyLoss(), new() { Alpha = 3 }).Backward(batch) - alone).ShouldBe(3 * expected, 3e-3 * expected);
    }

    [Fact]
    public void Gradients_equal_finite_differences() => ModelGradients.Check(
        new RDropLoss(new CrossEntropyLoss(), new() { Alpha = 2 }), new TrainingBatch(Model(dropout: 0.2f), Rows) { DropoutSeed = 5 }).ShouldBeGreaterThan(2);

    [Fact]
    public void A_loss_of_vectors_is_refused() =>
        Should.Throw<ArgumentException>(() => new RDropLoss(new CoSENTLoss())).Message.ShouldContain("needs a loss of the logits of classes");

    private static CrossEncoder Model(float dropout)
    {
        var model = CrossEncoder.Create((TransformerModule)RecordedTexts.Random(layers: 1, dropout).Modules[0], ["a", "b", "c"], seed: 1);
        ModelGradients.Train(model);
        return model;
    }
}
