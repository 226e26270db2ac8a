namespace Semblance.Checkpoints.Tests;

public class HubOptionsTests
{
    [Fact]
    public void Without_variables_the_defaults_are_those_of_huggingface_hub()
    {
        var options = new HubOptions(_ => null);
        options.Endpoint.ShouldBe(new Uri("https://huggingface.co"));
        options.CacheFolder.ShouldEndWith(Path.Combine(".cache", "huggingface", "hub"));
        options.Offline.ShouldBeFalse();
    }

    [Fact]
    public void Variables_are_followed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("token", "from file\n"u8.ToArray());
        var options = Options(("HF_HOME", folder.Path), ("HF_ENDPOINT", "http://mirror:8080/hub"), ("HF_HUB_OFFLINE", "1"));
        options.CacheFolder.ShouldBe(folder.File("hub"));
        options.Token.ShouldBe("from file");
        options.Endpoint.ShouldBe(new Uri("http://mirror:8080/hub"));
        options.Offline.ShouldBeTrue();
        Options(("HF_HOME", folder.Path), ("HF_TOKEN", "given"), ("HF_HUB_CACHE", "/elsewhere")).ShouldSatisfyAllConditions(
            other => other.Token.ShouldBe("given"),
            other => other.CacheFolder.ShouldBe("/elsewhere"));
    }

    [Fact]
    public void An_endpoint_that_is_no_address_is_refused() =>
        Should.Throw<HubException>(() => Options(("HF_ENDPOINT", "mirror"))).Message.ShouldContain("HF_ENDPOINT");

    [Fact]
    public void The_token_is_not_printed() => Options(("HF_TOKEN", "secret")).ToString().ShouldNotContain("secret");

    private static HubOptions Options(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
