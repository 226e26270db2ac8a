using Semblance.Files.Json;

namespace Semblance.Files.Tests.Json;

public class JsonRowTests
{
    [Fact]
    public void Members_are_read_by_their_type()
    {
        using var row = Parse("""{"text":"a\n\u00e9","id":7,"score":0.50,"vector":[1,-2.5,1e-3],"none":null,"flag":true,"list":[1,"x"]}""");
        row.Text("text").ShouldBe("a\né");
        row.Id("id").ShouldBe((null, 7));
        row.Id("text").ShouldBe(("a\né", 0));
        row.TextOrNumber("score").ShouldBe("0.50");
        row.NumberOrArray("list").ShouldBe("""[1,"x"]""");
        row.Vector("vector").ShouldBe([1f, -2.5f, 0.001f]);
        (row.Has("none"), row.Has("missing"), row.Has("flag")).ShouldBe((false, false, true));
        row.Labels("text", "id", "vector").ShouldBe(new Dictionary<string, string> { ["score"] = "0.50", ["flag"] = "true", ["list"] = """[1,"x"]""" });
    }

    [Fact]
    public void An_array_has_numbered_columns()
    {
        using var row = Parse("""["a",2]""");
        row.Text("0").ShouldBe("a");
        row.Columns.ShouldBe(["0", "1"]);
    }

    [Theory]
    [InlineData("""{"text":null}""", "'text' is null; a value is expected.")]
    [InlineData("""{"text":5}""", "'text' is 5; a text is expected.")]
    [InlineData("""{"text":true}""", "'text' is true; a text is expected.")]
    [InlineData("""{"text":["a"]}""", """'text' is ["a"]; a text is expected.""")]
    [InlineData("""{"Text":"a"}""", "a JSON object with 'text' is expected; there is no 'text' among Text.")]
    [InlineData("""{"text":"a","text":"b"}""", "'text' comes twice; once is expected.")]
    [InlineData("""{"text":"\udc00"}""", "a text has half of a surrogate pair")]
    [InlineData("""{"text":"a","\ud800":1}""", "a text has half of a surrogate pair")]
    [InlineData("""{"text":"a"}}""", "this is not a JSON value on one line.")]
    [InlineData("\"text\"", "the line is neither a JSON object nor an array.")]
    public void What_is_no_text_is_named(string line, string problem)
    {
        var error = Should.Throw<TextFormatException>(() => Parse(line).Text("text"));
        error.Problem.ShouldStartWith(problem);
        (error.Path, error.Line).ShouldBe(("x.jsonl", 3));
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("1.5")]
    [InlineData("1e30")]
    [InlineData("true")]
    [InlineData("null")]
    public void An_id_that_64_bits_cannot_hold_is_named(string id) =>
        Should.Throw<TextFormatException>(() => Parse($$"""{"id":{{id}}}""").Id("id")).Message.ShouldContain(id);

    [Theory]
    [InlineData("[1,null]", "element 1 of 'v' is null")]
    [InlineData("[\"1\"]", "element 0 of 'v' is \"1\"")]
    [InlineData("[1e39]", "element 0 of 'v' is 1e39")]
    [InlineData("[1,[2]]", "element 1 of 'v' is [2]")]
    [InlineData("\"1\"", "'v' is \"1\"; an array of numbers is expected")]
    public void A_vector_holds_finite_numbers(string vector, string problem) =>
        Should.Throw<TextFormatException>(() => Parse($$"""{"v":{{vector}}}""").Vector("v")).Problem.ShouldStartWith(problem);

    private static JsonRow Parse(string line) => JsonRow.Parse("x.jsonl", 3, line);
}
