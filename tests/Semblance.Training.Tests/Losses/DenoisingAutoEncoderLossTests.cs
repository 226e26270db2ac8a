using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Bert;

namespace Semblance.Training.Tests.Losses;

public class DenoisingAutoEncoderLossTests
{
    private static readonly SafetensorsFile Expected = SafetensorsFile.Open(Fixtures.Own("tsdae/expected.safetensors"));

    private readonly SentenceTransformer _model = SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));

    [Fact]
    public void Value_and_every_gradient_equal_the_recorded_ones()
    {
        var loss = new DenoisingAutoEncoderLoss(_model, Recorded());
        var parameters = TrainAll(loss);
        var value = loss.Backward(new TrainingBatch(_model, RecordedRows()));
        value.ShouldBe(Expected.Read("loss").Values[0], 1e-5 * value);

        var names = Expected.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).ToArray();
        var largest = names.Max(name => Expected.Read(name).Values.ToArray().Max(Math.Abs));
        foreach (var name in names)
        {
            var expected = Expected.Read(name);
            var actual = parameters[name["grad.".Length..]].Gradient.ShouldNotBeNull(name);
            for (var i = 0; i < expected.Length; i++)
            {
                Math.Abs(actual.Values[i] - expected.Values[i]).ShouldBeLessThanOrEqualTo(2e-5f * largest, $"{name}[{i}]");
            }
        }

        var norm = Math.Sqrt(parameters.Values.Sum(parameter => parameter.Gradient?.Values.ToArray().Sum(g => (double)g * g) ?? 0));
        norm.ShouldBe(Expected.Read("grad_norm_all").Values[0], norm * 1e-4);
    }

    [Fact]
    public void Gradients_are_scaled_and_the_value_is_not()
    {
        var loss = new DenoisingAutoEncoderLoss(_model, Recorded());
        var parameters = TrainAll(loss);
        var bias = parameters["cls.predictions.bias"];
        var whole = loss.Backward(new TrainingBatch(_model, RecordedRows()));
        var gradient = bias.Gradient!.Values.ToArray();
        bias.ClearGradient();
        loss.Backward(new TrainingBatch(_model, RecordedRows()) { Scale = 0.5f }).ShouldBe(whole);
        bias.Gradient!.Values.ToArray().ShouldBe([.. gradient.Select(g => g / 2)]);
    }

    [Fact]
    public void A_tied_decoder_adds_only_cross_attention_and_head()
    {
        var names = new DenoisingAutoEncoderLoss(_model).Parameters().Select(parameter => parameter.Name).ToArray();
        names.ShouldBe([.. SafetensorsFile.Open(Fixtures.Own("tsdae/decoder.safetensors")).Tensors.Select(tensor => "decoder." + tensor.Name)], ignoreOrder: true);
        var untied = new DenoisingAutoEncoderLoss(_model, Decoder.FromEncoder(Encoder(_model), tied: false)).Parameters().Select(parameter => parameter.Name);
        untied.Except(names).ShouldContain("decoder.bert.embeddings.word_embeddings.weight");
    }

    [Fact]
    public void One_text_is_damaged_the_same_for_the_same_seed_and_differently_for_another()
    {
        var loss = new DenoisingAutoEncoderLoss(_model, Recorded());
        Example[] rows = [.. RecordedRows().Select(row => new Example([row.Texts[1]]))];
        double Value(ulong? seed) => loss.Backward(new TrainingBatch(_model, rows) { DropoutSeed = seed });

        // The recorded model has no dropout: what differs is the noise.
        Value(3).ShouldBe(Value(3));
        Enumerable.Range(0, 5).Select(seed => Value((ulong)seed)).Distinct().Count().ShouldBe(5);
        Value(null).ShouldBe(Value(0));

        var whole = new DenoisingAutoEncoderLoss(_model, Recorded()) { Noise = new WordDeletion(0) };
        whole.Backward(new TrainingBatch(_model, rows)).ShouldBe(whole.Backward(new TrainingBatch(_model, [.. rows.Select(row => new Example([row.Texts[0], row.Texts[0]]))])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Training_writes_the_texts_ever_better_and_resumes_with_the_same_bits(bool tied)
    {
        using var folder = new TemporaryFolder();
        Example[] rows = [.. RecordedRows().Select(row => new Example([row.Texts[1]]))];
        (float[] Vector, List<double> Losses) Train(string? name, int steps, bool resume)
        {
            var model = SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));
            var losses = new List<double>();
            new Trainer(
                model,
                [new TrainingDataset("texts", rows, new DenoisingAutoEncoderLoss(model, Decoder.FromEncoder(Encoder(model), tied)))],
                new DefaultBatchSampler(rows.Length, 4),
                parameters => new AdamW(ParameterGroups.From([.. parameters])),
                new TrainerOptions { Steps = steps, Schedule = new ConstantSchedule(5e-3), Folder = name is null ? null : folder.File(name), CheckpointEvery = 10 }).Train(resume, new Immediate<TrainingStep>(step => losses.Add(step.Loss)));
            return (model.Encode(rows[0].Texts[0]), losses);
        }

        var (vector, losses) = Train(null, 40, resume: false);
        losses[..4].Average().ShouldBeGreaterThan(losses[^4..].Average() * 2);
        losses.ShouldAllBe(loss => double.IsFinite(loss));

        Train("stopped", 20, resume: false);
        Train("stopped", 40, resume: true).Vector.ShouldBe(vector);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var loss = new DenoisingAutoEncoderLoss(_model);
        Should.Throw<LossInputException>(() => loss.Backward(new TrainingBatch(_model, [new Example(["a", "b", "c"])]))).Message.ShouldContain("not 3");

        var wide = new SentenceTransformer([_model.Modules[0], new PoolingModule(32, [Pooling.Cls, Pooling.Mean])]);
        Should.Throw<ArgumentException>(() => new DenoisingAutoEncoderLoss(wide)).Message.ShouldContain("64");

        var small = Decoder.FromEncoder(BertModel.CreateRandom(Encoder(_model).Config with { VocabSize = 10 }, 1));
        Should.Throw<ArgumentException>(() => new DenoisingAutoEncoderLoss(_model, small)).Message.ShouldContain("vocabulary of 10 tokens");
    }

    private Decoder Recorded() => Decoder.FromEncoder(Encoder(_model), initial: SafetensorsFile.Open(Fixtures.Own("tsdae/decoder.safetensors")));

    private static BertModel Encoder(SentenceTransformer model) => (BertModel)((TransformerModule)model.Modules[0]).Transformer;

    // All parameters under the names of the fixture, which has the body's without prefix.
    private Dictionary<string, Tensor> TrainAll(DenoisingAutoEncoderLoss loss)
    {
        var parameters = loss.Decoder.Parameters().Select(parameter => KeyValuePair.Create(parameter.Name.Replace("bert.", "", StringComparison.Ordinal), parameter.Value)).ToDictionary();
        foreach (var parameter in _model.Parameters().Select(parameter => parameter.Value).Concat(parameters.Values))
        {
            parameter.RequiresGradient = true;
        }

        return parameters;
    }

    private static Example[] RecordedRows()
    {
        using var batch = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("tsdae/batch.json")));
        string[] Texts(string name) => [.. batch.RootElement.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
        return [.. Texts("noisy").Zip(Texts("original"), (noisy, original) => new Example([noisy, original]))];
    }

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
