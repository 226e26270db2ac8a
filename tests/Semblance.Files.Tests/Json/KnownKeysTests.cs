using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Files.Tests.Json;

public sealed class KnownKeysTests
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("size").Ignored("note").Unsupported("positions", "absolute positions", "\"absolute\"", "0");

    [Fact]
    public void An_unknown_key_is_named()
    {
        var (unknown, faults) = Keys.Check(JsonElement.Parse("""{"size": 1, "sise": 2, "note": {}}"""));

        unknown.ShouldBe(["sise"]);
        faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"absolute\"")]
    [InlineData("0")]
    public void A_value_without_effect_is_accepted(string value) =>
        Keys.Check(JsonElement.Parse($$"""{"positions": {{value}}}""")).Faults.ShouldBeEmpty();

    [Fact]
    public void An_unsupported_value_is_named_with_what_is_supported() =>
        Keys.Check(JsonElement.Parse("""{"positions": "relative"}""")).Faults
            .ShouldHaveSingleItem().ShouldBe("'positions' is \"relative\", which is not supported; supported: absolute positions");

    [Fact]
    public void Keys_of_another_file_are_added_and_own_keys_win() =>
        new KnownKeys().Ignored("size").With(Keys).UseOf("size").ShouldBe(KeyUse.Ignored);

    [Fact]
    public void Another_name_of_a_key_is_known_and_leads_to_it()
    {
        var keys = new KnownKeys().Supported("dim").Alias("hidden_size", "dim");

        keys.Check(JsonElement.Parse("""{"hidden_size": 8}""")).Unknown.ShouldBeEmpty();
        keys.KeyOf("hidden_size").ShouldBe("dim");
        keys.KeyOf("dim").ShouldBe("dim");
        keys.NamesOf("dim").ShouldBe(["hidden_size"]);
        new KnownKeys().With(keys).KeyOf("hidden_size").ShouldBe("dim");
    }
}
