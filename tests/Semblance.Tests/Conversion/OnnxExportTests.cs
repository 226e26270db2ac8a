using Semblance.Checkpoints;
using Semblance.Conversion;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests.Conversion;

public sealed class OnnxExportTests
{
    private const float Tolerance = 1e-5f;

    private static readonly string[] Texts = ["A man is eating food.", "Two dogs run.", "The quick brown fox jumps over the lazy dog, again and again!"];

    [SharedTheory]
    [InlineData("albert")]
    [InlineData("albert-groups")]
    [InlineData("bert")]
    [InlineData("bert-gelu-new")]
    [InlineData("camembert")]
    [InlineData("deberta")]
    [InlineData("deberta-v2")]
    [InlineData("deberta-v2-conv")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("gemma")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("modernbert")]
    [InlineData("mpnet")]
    [InlineData("qwen2")]
    [InlineData("roberta")]
    [InlineData("t5-encoder")]
    [InlineData("t5-v1_1-encoder")]
    [InlineData("xlm-roberta")]
    public void Onnx_runtime_computes_the_same_hidden_states_from_a_padded_batch(string name)
    {
        var model = Transformer.Load(Fixtures.InShared($"fixtures/models/{name}"));
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Export(model, path);
        var random = new Random(7);
        int[] lengths = [5, 17, 2];
        var batch = PackedBatch.From([.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(3, model.VocabularySize)).ToArray())]);
        using var run = new Computation();
        var expected = model.Forward(run, batch);

        using var session = new OnnxSession(path);
        var (values, shape) = session.Run(batch, "last_hidden_state", padding: 1);

        shape.ShouldBe([lengths.Length, lengths.Max(), model.HiddenSize]);
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            for (var i = 0; i < batch.Length(sequence); i++)
            {
                Near(expected.Row(batch.Offsets[sequence] + i), values.AsSpan((int)(((sequence * shape[1]) + i) * shape[2]), (int)shape[2]));
            }
        }

        // Converted back, each parameter has its name, its shape and its bits.
        var onnx = OnnxFile.Open(path);
        foreach (var parameter in model.Parameters().Where(parameter => !parameter.Name.StartsWith("pooler.", StringComparison.Ordinal)))
        {
            onnx.Shape(parameter.Name).ShouldBe(parameter.Value.Shape.ToArray());
            (parameter.Value.Values.SequenceEqual(onnx.Read(parameter.Name).Values)).ShouldBeTrue(parameter.Name);
        }
    }

    [Theory]
    [InlineData("cls-dense")]
    [InlineData("mean-normalize")]
    [InlineData("multi-pool-layernorm")]
    public void Onnx_runtime_computes_the_same_sentence_embeddings(string name)
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/" + name));
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Export(model, path);
        var expected = model.Encode(Texts);

        using var session = new OnnxSession(path);
        var (values, shape) = session.Run(model.Tokenize(new ModelInput(Texts)), "sentence_embedding", padding: 0);

        shape.ShouldBe([Texts.Length, model.FullDimension]);
        Near(expected.Vectors.Values, values);
        session.Outputs.ShouldBe(["last_hidden_state", "sentence_embedding"]);
    }

    [Theory]
    [InlineData("cross-encoder")]
    [InlineData("cross-encoder-nli")]
    public void Onnx_runtime_computes_the_same_logits_of_a_cross_encoder(string name)
    {
        var model = CrossEncoder.Load(Fixtures.Own("st/" + name));
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Export(model, path);
        var input = new ModelInput(Texts) { Pairs = ["Food.", "A cat sleeps on the mat all day long.", "A fox."] };
        using var run = new Computation();
        var expected = model.Forward(run, input);

        using var session = new OnnxSession(path);
        var (values, _) = session.Run(model.Tokenize(input), "logits", padding: 0);

        Near(expected.Value.Values, values);
    }

    [Fact]
    public void A_model_that_is_exported_and_converted_has_the_same_vectors()
    {
        var source = Fixtures.Own("st/mean-normalize");
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        var model = SentenceTransformer.Load(source);
        OnnxExport.Export(model, path);

        var output = Path.Combine(folder.Path, "converted");
        OnnxConversion.Convert(path, output, new ConversionOptions { FilesFolder = source });

        var converted = SentenceTransformer.Load(output);
        model.Encode(Texts).Vectors.Values.SequenceEqual(converted.Encode(Texts).Vectors.Values).ShouldBeTrue();
    }

    [Fact]
    public void A_module_that_cannot_be_exported_is_named()
    {
        using var folder = new TemporaryFolder();
        var model = new SentenceTransformer([new BoWModule(["sun", "moon"])]);

        var error = Should.Throw<NotSupportedException>(() => OnnxExport.Export(model, Path.Combine(folder.Path, "model.onnx")));

        error.Message.ShouldContain("BoW");
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            (difference <= Tolerance * Math.Max(1, Math.Abs(expected[i]))).ShouldBeTrue($"{expected[i]} and {actual[i]} differ by {difference}");
        }
    }
}
