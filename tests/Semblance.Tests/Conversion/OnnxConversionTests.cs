using Semblance.Checkpoints;
using Semblance.Conversion;
using Semblance.Transformers;

namespace Semblance.Tests.Conversion;

public sealed class OnnxConversionTests
{
    private static string Models => Environment.GetEnvironmentVariable("SEMBLANCE_MODELS")!;

    /// <summary>Exports that others made with PyTorch, beside the folders with the same weights.</summary>
    [ModelsTheory]
    [InlineData("all-MiniLM-L6-v2")]
    [InlineData("snowflake-arctic-embed-xs")]
    public void An_export_of_pytorch_gives_the_weights_bit_for_bit(string name)
    {
        using var folder = new TemporaryFolder();
        var (files, output) = (Directory.CreateDirectory(Path.Combine(folder.Path, "files")).FullName, Path.Combine(folder.Path, "model"));
        File.Copy(Path.Combine(Models, name, "vocab.txt"), Path.Combine(files, "vocab.txt")); // the rest is inferred
        OnnxConversion.Convert(Path.Combine(Models, name + ".onnx"), output, new ConversionOptions { FilesFolder = files });

        var (expected, converted) = (Checkpoint.Open(Path.Combine(Models, name)), Checkpoint.Open(output));
        converted.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal).ShouldBe(expected.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        foreach (var tensor in expected.Tensors)
        {
            expected.Read(tensor.Name).Values.SequenceEqual(converted.Read(tensor.Name).Values).ShouldBeTrue(tensor.Name);
        }

        var (before, after) = (ConfigurationFile.OfModel(Path.Combine(Models, name)), ConfigurationFile.OfModel(output));
        foreach (var key in new[] { "model_type", "num_attention_heads", "num_hidden_layers", "max_position_embeddings", "hidden_act" })
        {
            (after.Find(key)?.ToString()).ShouldBe(before.Find(key)?.ToString());
        }

        after.Number("layer_norm_eps", 0).ShouldBe(before.Number("layer_norm_eps", 0));
        SentenceTransformer.Load(output).Modules[1].ToString().ShouldBe("Pooling(mean)");
    }

    [Fact]
    public void An_export_without_a_tokenizer_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        var (path, output) = (Path.Combine(folder.Path, "model.onnx"), Path.Combine(folder.Path, "model"));
        OnnxExport.Export(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")), path);

        var error = Should.Throw<Exception>(() => OnnxConversion.Convert(path, output, new ConversionOptions { NumAttentionHeads = 2 }));

        error.Message.ShouldContain("tokenizer");
        Directory.Exists(output).ShouldBeFalse();
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ModelsTheoryAttribute : TheoryAttribute
    {
        public ModelsTheoryAttribute() =>
            Skip = Environment.GetEnvironmentVariable("SEMBLANCE_MODELS") is null ? "needs the folder of known models (SEMBLANCE_MODELS)" : null;
    }
}
