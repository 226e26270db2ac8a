using System.Text.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Training.Tests.Losses;

public sealed class MaskedLanguageModelLossTests : IDisposable
{
    private static readonly Example[] Rows =
        [.. new[] { "A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby.", "A man is riding a horse.", "A woman is playing violin.", "Two men pushed carts through the woods." }.Select(text => new Example([text]))];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_loss_falls_as_a_recorded_runs_does()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("mlm/run.json")));
        var root = recorded.RootElement;
        var folder = Fixtures.Own("models/bert-mlm");
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(5, 215).Select(i => $"w{i}")];
        var model = new SentenceTransformer([new TransformerModule(Tokenizer.CreateBert(vocabulary), Transformer.Load(folder, trainable: true))]);
        var loss = MaskedLanguageModelLoss.Load(folder, model);
        Parameter[] parameters = [.. model.Parameters().Concat(loss.Parameters())];
        foreach (var parameter in parameters)
        {
            parameter.Value.RequiresGradient = true;
        }

        var optimizer = new AdamW(ParameterGroups.From(parameters, root.GetProperty("weight_decay").GetDouble()));
        MaskedTokens[] batches = [.. root.GetProperty("batches").EnumerateArray().Select(Batch)];
        for (var step = 0; step < 20; step++)
        {
            using var run = new Computation(recording: true);
            var actual = loss.Forward(run, batches[step % 2]);
            var expected = root.GetProperty("loss")[step].GetDouble();
            ((double)actual.Values[0]).ShouldBe(expected, 1e-4 * expected, $"loss of step {step}");
            run.Backward(actual);
            var gradients = optimizer.Parameters.Select(parameter => parameter.Value.Gradient).ToArray();
            var norm = root.GetProperty("gradient_norm")[step].GetDouble();
            GradientClipping.ByGlobalNorm(gradients, double.PositiveInfinity).ShouldBe(norm, 1e-3 * norm, $"gradient of step {step}");
            optimizer.Step(gradients, root.GetProperty("learning_rate").GetDouble());
            Array.ForEach(parameters, parameter => parameter.Value.ClearGradient());
        }
    }

    [Fact]
    public void Gradients_are_those_of_differences()
    {
        var (model, loss) = Untrained();
        var tokens = loss.Hide(model, new ModelInput([.. Rows.Select(row => row.Texts[0])]), 5);
        Parameter[] parameters = [.. model.Parameters().Concat(loss.Parameters())];
        foreach (var (_, parameter) in parameters)
        {
            parameter.RequiresGradient = true;
        }

        using (var run = new Computation(recording: true))
        {
            run.Backward(loss.Forward(run, tokens));
        }

        double Loss()
        {
            using var run = new Computation();
            return loss.Forward(run, tokens).Values[0];
        }

        var compared = 0;
        foreach (var (name, parameter) in parameters.Where(parameter => parameter.Value.Gradient is not null))
        {
            // Along the gradient itself, where the difference is largest: the step is the gradient's length squared.
            float[] gradient = parameter.Gradient!.Values.ToArray(), before = parameter.Values.ToArray();
            var square = gradient.Sum(g => (double)g * g);
            if (square < 1e-4)
            {
                continue; // what is left of a key's bias, which softmax cancels
            }

            var step = 1e-2 / Math.Sqrt(square);
            double At(double distance)
            {
                for (var i = 0; i < before.Length; i++)
                {
                    parameter.Writable[i] = (float)(before[i] + (distance * gradient[i]));
                }

                return Loss();
            }

            var slope = (At(step) - At(-step)) / (2 * step);
            before.CopyTo(parameter.Writable);
            slope.ShouldBe(square, 2e-2 * square, name);
            compared++;
        }

        compared.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void Only_hidden_words_count_and_the_scale_scales()
    {
        var (model, loss) = Untrained();
        var tokens = loss.Hide(model, new ModelInput([Rows[0].Texts[0]]), 5);
        using var run = new Computation();
        var scores = loss.Scores(run, tokens);
        scores.Rows.ShouldBe(tokens.Positions.Length);
        var expected = tokens.Targets.Select((target, row) => Math.Log(scores.Row(row).ToArray().Sum(score => Math.Exp(score))) - scores.Row(row)[target]).Average();
        ((double)loss.Forward(run, tokens).Values[0]).ShouldBe(expected, 1e-5);

        float[] Gradient(float scale)
        {
            loss.Head.Decoder.Bias!.ClearGradient();
            loss.Backward(new TrainingBatch(model, Rows) { Scale = scale, DropoutSeed = null });
            return loss.Head.Decoder.Bias.Gradient!.Values.ToArray();
        }

        var once = Gradient(1);
        Gradient(0.5f).ShouldBe(once.Select(g => g * 0.5f), 1e-7);
    }

    [Fact]
    public void A_saved_folder_is_a_masked_language_model_and_a_sentence_transformer()
    {
        var (model, loss) = Untrained();
        Train(model, loss, steps: 3);
        File.ReadAllText(Path.Combine(_folder.FullName, "config.json")).ShouldContain("BertForMaskedLM");
        var tokens = loss.Hide(model, new ModelInput([Rows[1].Texts[0]]), 1);
        using var run = new Computation();
        var expected = loss.Scores(run, tokens);
        var task = TaskModel.Load(_folder.FullName);
        task.HasHead.ShouldBeTrue();
        var logits = task.Forward(run, tokens.Batch)["logits"];
        tokens.Positions.SelectMany(position => logits.Row(position).ToArray()).ToArray().ShouldBe(expected.Values.ToArray(), 1e-5);
        SentenceTransformer.Load(_folder.FullName).Encode("A man is eating food.").ShouldBe(model.Encode("A man is eating food."));

        var again = SentenceTransformer.LoadTrainable(_folder.FullName);
        var loaded = MaskedLanguageModelLoss.Load(_folder.FullName, again);
        ShouldEqual(loaded.Parameters(), loss.Parameters());
        loaded.Scores(run, tokens).Values.ToArray().ShouldBe(expected.Values.ToArray());

        again.Save(Path.Combine(_folder.FullName, "body")); // without the head, so nothing may name one
        TaskModel.Load(Path.Combine(_folder.FullName, "body")).HasHead.ShouldBeFalse();
    }

    [Fact]
    public void Training_makes_the_loss_smaller_and_goes_on_with_the_same_bits()
    {
        var losses = new List<double>();
        var (whole, loss) = Untrained();
        Train(whole, loss, 40, "whole", new Immediate<TrainingStep>(step => losses.Add(step.Loss)));
        losses[^10..].Average().ShouldBeLessThan(0.8 * losses[..3].Average());

        using var stop = new CancellationTokenSource();
        var (first, firstLoss) = Untrained();
        Should.Throw<OperationCanceledException>(() => Train(
            first, firstLoss, 40, "stopped", new Immediate<TrainingStep>(step => { if (step.Step == 25) { stop.Cancel(); } }), cancellationToken: stop.Token));
        var (resumed, resumedLoss) = Untrained(seed: 9); // its head comes from the checkpoint
        Train(resumed, resumedLoss, 40, "stopped", resume: true);
        ShouldEqual(resumed.Parameters().Concat(resumedLoss.Parameters()), whole.Parameters().Concat(loss.Parameters()));
    }

    [Fact]
    public void What_cannot_be_trained_on_says_so()
    {
        var (model, loss) = Untrained();
        var (other, _) = Untrained();
        Should.Throw<ArgumentException>(() => loss.Backward(new TrainingBatch(other, Rows))).Message.ShouldContain("another model");
        Should.Throw<ArgumentException>(() => new MaskedLanguageModelLoss(other, TaskModel.CreateMaskedLanguageModel(((TransformerModule)model.Modules[0]).Transformer, 1))).Message.ShouldContain("another transformer");
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(model, [new Example([""])]))).Message.ShouldContain("empty texts");
    }

    private static (SentenceTransformer Model, MaskedLanguageModelLoss Loss) Untrained(int seed = 1)
    {
        var model = SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));
        return (model, MaskedLanguageModelLoss.Load(Fixtures.Own("losses/model"), model, new MaskingOptions { Rate = 0.3 }, seed));
    }

    private void Train(
        SentenceTransformer model, MaskedLanguageModelLoss loss, int steps, string folder = "", IProgress<TrainingStep>? progress = null, bool resume = false, CancellationToken cancellationToken = default) => new Trainer(
            model,
            [new TrainingDataset("texts", Rows, loss)],
            new DefaultBatchSampler(Rows.Length, 3),
            parameters => new AdamW(ParameterGroups.From([.. parameters])),
            new TrainerOptions { Steps = steps, Schedule = new ConstantSchedule(3e-3), Folder = Path.Combine(_folder.FullName, folder), CheckpointEvery = 10 }).Train(resume, progress, cancellationToken);

    private static MaskedTokens Batch(JsonElement batch)
    {
        int[][] Numbers(string name) => [.. batch.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetInt32()).ToArray())];
        int[] targets = [.. Numbers("targets").SelectMany(row => row)];
        int[] positions = [.. Enumerable.Range(0, targets.Length).Where(i => targets[i] >= 0)];
        return new MaskedTokens(PackedBatch.From(Numbers("ids")), positions, [.. positions.Select(position => targets[position])]);
    }

    private static void ShouldEqual(IEnumerable<Parameter> actual, IEnumerable<Parameter> expected)
    {
        foreach (var ((name, value), (expectedName, expectedValue)) in actual.ToList().Zip(expected.ToList()))
        {
            name.ShouldBe(expectedName);
            value.Values.SequenceEqual(expectedValue.Values).ShouldBeTrue(name);
        }
    }

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
