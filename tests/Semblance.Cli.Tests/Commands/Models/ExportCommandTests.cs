namespace Semblance.Cli.Tests.Commands;

public class ExportCommandTests
{
    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [Fact]
    public async Task An_exported_model_that_is_converted_has_the_same_vectors()
    {
        using var folder = new TemporaryFolder();
        (await Outcome.OfAsync("export", Model, "--output", folder.Of("model.onnx"))).Done().Lines.ShouldBe([folder.Of("model.onnx")]);
        (await Outcome.OfAsync("convert", folder.Of("model.onnx"), "--files", Model, "--output", folder.Of("model"))).Done().Lines
            .ShouldBe([folder.Of("model")]);

        SentenceTransformer.Load(folder.Of("model")).Encode("Two dogs run.").ShouldBe(SentenceTransformer.Load(Model).Encode("Two dogs run."));
    }

    [Fact]
    public async Task A_cross_encoder_is_exported()
    {
        using var folder = new TemporaryFolder();
        (await Outcome.OfAsync("export", Fixtures.Own("st/cross-encoder"), "--output", folder.Of("model.onnx"))).Done();
        File.Exists(folder.Of("model.onnx")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "model.onnx", "model.gguf" })
        {
            var outcome = await Outcome.OfAsync("convert", folder.Write(name, "no model"), "--output", folder.Of("model"));
            outcome.ExitCode.ShouldBe(CommandLine.Failed);
            outcome.Error.ShouldContain(name);
            Directory.Exists(folder.Of("model")).ShouldBeFalse();
        }
    }
}
