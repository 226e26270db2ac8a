using Semblance.Checkpoints;

namespace Semblance.Cli.Tests.Commands;

public class DistillStaticCommandTests
{
    [Fact]
    public async Task A_transformer_becomes_a_model_of_token_vectors_that_encodes()
    {
        using var folder = new TemporaryFolder();
        var teacher = Fixtures.Own("st/mean-normalize");
        var outcome = (await Outcome.OfAsync("distill-static", "--model", teacher, "--output", folder.Of("static"), "--dimensions", "16", "--weights", "float16")).Done();
        outcome.Lines.ShouldBe([folder.Of("static")]);
        outcome.Error.ShouldContain("vectors of 16");
        var tensor = SafetensorsFile.Open(folder.Of("static/model.safetensors")).Info("embeddings");
        tensor.DType.ShouldBe(DType.F16);
        tensor.Shape[1].ShouldBe(16);
        var encoded = (await Outcome.WithInputAsync("A man is riding a horse.\n", "encode", "--model", folder.Of("static"))).Done();
        encoded.Lines.Length.ShouldBe(1);
        encoded.Error.ShouldNotContain("were cut");
        (await Outcome.OfAsync("info", "--model", folder.Of("static"))).Done().Output.ShouldContain("StaticEmbedding(");
    }

    [Fact]
    public async Task What_cannot_be_distilled_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("taken", "");
        var taken = await Outcome.OfAsync("distill-static", "--model", Fixtures.Own("st/mean-normalize"), "--output", folder.Of("taken"));
        (taken.ExitCode, taken.ErrorLines.Length).ShouldBe((1, 1));
        taken.Error.ShouldContain("already exists");
        (await Outcome.OfAsync("distill-static", "--model", Fixtures.Own("st/mean-normalize"), "--output", folder.Of("a"), "--dimensions", "8")).Done();
        var again = await Outcome.OfAsync("distill-static", "--model", folder.Of("a"), "--output", folder.Of("b"));
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("no transformer");
        folder.Files.ShouldNotContain(file => file.StartsWith('b'));
    }
}
