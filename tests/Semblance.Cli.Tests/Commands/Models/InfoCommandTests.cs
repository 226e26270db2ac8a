using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class InfoCommandTests
{
    [Fact]
    public async Task The_facts_of_a_model_are_shown()
    {
        var folder = Fixtures.Own("st/prompts-dot");
        var text = (await Outcome.OfAsync("info", "--model", folder)).Done().Output;
        text.ShouldContain("Pooling(mean)");
        text.ShouldContain("model.safetensors (109,568 bytes)");
        var json = JsonDocument.Parse((await Outcome.OfAsync("info", "--model", folder, "--format", "json")).Done().Output).RootElement;
        json.GetProperty("dimension").GetInt32().ShouldBe(32);
        json.GetProperty("similarity").GetString().ShouldBe("dot");
        json.GetProperty("prompts").GetProperty("query").GetString().ShouldNotBeNull();
        json.GetProperty("modules").GetArrayLength().ShouldBe(2);
        json.GetProperty("threads").GetInt32().ShouldBeGreaterThan(0);
        json.TryGetProperty("multi_vector", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Both_heads_of_a_folder_are_shown()
    {
        using var temporary = new TemporaryFolder();
        var folder = temporary.Copy("st/mean-normalize");
        MultiVectorEncoder.Of(SentenceTransformer.Load(folder)).SaveHead(folder);
        var text = (await Outcome.OfAsync("info", "--model", folder)).Done().Output;
        text.ShouldContain("SentenceTransformer, MultiVectorEncoder\n");
        text.ShouldContain("token vectors dimension 32, max length ");
        text.ShouldContain("MultiVectorMask(32 tokens skipped)");
        var json = JsonDocument.Parse((await Outcome.OfAsync("info", "--model", folder, "--format", "json")).Done().Output).RootElement.GetProperty("multi_vector");
        json.GetProperty("dimension").GetInt32().ShouldBe(32);
        json.GetProperty("modules").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData("st/prompts-dot")]
    [InlineData("st/cross-encoder")]
    [InlineData("st/splade")]
    public async Task The_compute_type_is_shown_with_its_kernel(string fixture)
    {
        var folder = Fixtures.Own(fixture);
        (await Outcome.OfAsync("info", "--model", folder)).Done().Output.ShouldContain("compute       Float32 on ");
        (await Outcome.OfAsync("info", "--model", folder, "--compute", "int8")).Done().Output.ShouldContain("compute       Int8 on ");
        (await Outcome.OfAsync("info", "--model", folder, "--compute", "int4")).ExitCode.ShouldBe(2);
    }
}
