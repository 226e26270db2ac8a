using System.Text.Json;
using Semblance.ChatTemplates;
using Semblance.Transformers;

namespace Semblance.Tests.ChatTemplates;

public class ChatTemplateTests
{
    public static TheoryData<int> Recorded => [.. Enumerable.Range(0, Cases().GetArrayLength())];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Every_recorded_text_is_the_one_that_Jinja_makes(int index)
    {
        var recorded = Cases()[index];
        new ChatTemplate("x", recorded.GetProperty("template").GetString()!).Render(
        [
            new("messages", Value(recorded.GetProperty("messages"))),
            new("add_generation_prompt", recorded.GetProperty("add_generation_prompt").GetBoolean()),
            new("bos_token", "<s>"),
        ]).ShouldBe(recorded.GetProperty("rendered").GetString(), recorded.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("{% macro m() %}{% endmacro %}", "'macro m()' is not supported; supported are set, if, elif, else, for")]
    [InlineData("{{ messages | tojson }}", "the filter 'tojson' in 'messages | tojson' is not supported with these arguments; supported are default, first, last, length, list, map, selectattr, trim")]
    [InlineData("{{ raise_exception('no') }}", "'raise_exception('no')' is not supported")]
    [InlineData("{{ 'a", "is not closed")]
    [InlineData("a {% if true %} b", "an 'if' has no 'endif'")]
    [InlineData("{% for m in messages %}{% endif %}", "a 'for' has no 'endfor'")]
    [InlineData("{% endif %}", "'endif' has no beginning")]
    [InlineData("{% if true %}{% else %}{% else %}{% endif %}", "an 'if' has no 'endif'")]
    [InlineData("{{ ' }}", "is not closed")]
    [InlineData("{{ }}", "the expression '' is not supported")]
    [InlineData("{{ 99999999999999999999 }}", "is not supported")]
    public void What_a_template_has_and_cannot_have_is_named_when_it_is_read(string source, string problem)
    {
        var message = Should.Throw<ModelFormatException>(() => new ChatTemplate("folder/chat_template.jinja", source)).Message;
        message.ShouldStartWith("folder/chat_template.jinja: the chat template: ");
        message.ShouldContain(problem);
    }

    [Theory]
    [InlineData("{{ nothing.content }}", "gets 'content' from a value without parts")]
    [InlineData("{{ 1 | first }}", "iterates over a value that is not a list")]
    [InlineData("{% for m in 1 %}{% endfor %}", "iterates over a value that is not a list")]
    [InlineData("{{ 1 + 'a' }}", "adds values that are neither two texts nor two numbers")]
    [InlineData("{{ 'a'.b }}", "without parts")]
    public void What_a_template_cannot_do_is_named_when_it_is_tried(string source, string problem) =>
        Should.Throw<ModelFormatException>(() => new ChatTemplate("x", source).Render([])).Message.ShouldContain(problem);

    [Fact]
    public void Absurd_templates_neither_overflow_nor_run_for_ever()
    {
        foreach (var source in new[]
        {
            $"{{{{ {new string('(', 50_000)} }}}}",
            $"{{{{ {string.Concat(Enumerable.Repeat("not ", 10_000))} x }}}}",
            string.Concat(Enumerable.Repeat("{% if true %}", 4_000)),
            new string('x', 1 << 17),
            string.Concat(Enumerable.Repeat("{{", 30_000)),
        })
        {
            Should.Throw<ModelFormatException>(() => new ChatTemplate("x", source));
        }

        var doubling = "{% set x = 'abcdefgh' %}" + string.Concat(Enumerable.Repeat("{% set x = x ~ x %}", 60)) + "{{ x }}";
        Should.Throw<ModelFormatException>(() => new ChatTemplate("x", doubling).Render([])).Message.ShouldContain("its result is too long");
    }

    public static TheoryData<string> Growing => new()
    {
        "{% set x = 'aaaaaaaaaaaaaaaa' %}" + string.Concat(Enumerable.Repeat("{% set x = x + x %}", 20)) + string.Concat(Enumerable.Repeat("{{x}}", 5000)), // output
        "{% set x = 'abcdefgh' %}" + string.Concat(Enumerable.Repeat("{% set x = x ~ x %}", 60)), // one text
        "{% set x = 'abcdefgh' %}" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{{% set x{i} = x{(i > 0 ? i - 1 : "")} ~ x{(i > 0 ? i - 1 : "")} %}}")), // many texts
        string.Concat(Enumerable.Repeat("{% for a in messages %}", 8)) + string.Concat(Enumerable.Repeat("{{ 1 == 2 }}", 4000)) + string.Concat(Enumerable.Repeat("{% endfor %}", 8)), // loops
        $"{{{{ {Nested(14)} }}}}", // a filter within a filter
        $"{{% set x = '{new string('x', 30_000)}' %}}" + string.Concat(Enumerable.Repeat("{{ (x ~ ' ') | trim == x }}", 1200)), // comparisons and texts that are thrown away
        string.Concat(Enumerable.Repeat("{# {{1}} ", 7000)), // marks that are not closed
    };

    [Theory]
    [MemberData(nameof(Growing))]
    public void A_template_that_grows_is_stopped_after_work_in_proportion_to_its_texts(string source)
    {
        var messages = Enumerable.Repeat<object?>(new Dictionary<string, object?> { ["role"] = "query", ["content"] = "a" }, 10).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ModelFormatException>(() => new ChatTemplate("t.jinja", source).Render([new("messages", messages)])).Message.ShouldStartWith("t.jinja: the chat template: ");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(128 << 20);
    }

    [Fact]
    public void Long_texts_are_rendered_whatever_their_length()
    {
        var content = new string('x', 5_000_000);
        var template = new ChatTemplate("x", "{% for m in messages %}{{ '<' ~ m.role ~ '>' ~ (m.content | trim) ~ '</' ~ m.role ~ '>' }}{% endfor %}");
        template.Render([new("messages", new object?[] { new Dictionary<string, object?> { ["role"] = "query", ["content"] = content } })]).ShouldBe($"<query>{content}</query>");
    }

    [Fact]
    public void What_is_set_in_a_loop_is_forgotten_after_it_and_seen_in_it()
    {
        new ChatTemplate("x", "{% set a = 1 %}{% for m in messages %}{{ a }}{% set a = a + loop.index %}{{ a }} {% endfor %}{{ a }}").Render([new("messages", new object?[] { "x", "y" })])
            .ShouldBe("12 13 1");
        Should.Throw<ModelFormatException>(() => new ChatTemplate("x", "{{ messages[9223372036854775807 + 1] }}").Render([new("messages", new object?[] { "x" })])).Message.ShouldContain("without parts");
    }

    [Fact]
    public void A_template_file_that_is_too_large_or_not_text_is_refused()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [.. "{{ 1 }}"u8, 0xFF]);
            Should.Throw<ModelFormatException>(() => ChatTemplate.ReadFile(path)).Message.ShouldBe($"{path}: the chat template has bytes that are not UTF-8.");
            File.WriteAllBytes(path, new byte[1 << 20]);
            Should.Throw<ModelFormatException>(() => ChatTemplate.ReadFile(path)).Message.ShouldContain("1,048,576 bytes");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_broken_template_never_ends_in_another_exception()
    {
        var random = new Random(3);
        var messages = new object?[] { new Dictionary<string, object?> { ["role"] = "query", ["content"] = "a" }, new Dictionary<string, object?> { ["role"] = "document", ["content"] = "b" } };
        foreach (var recorded in Cases().EnumerateArray())
        {
            for (var i = 0; i < 100; i++)
            {
                var source = recorded.GetProperty("template").GetString()!.ToCharArray();
                for (var change = 0; change < 3; change++)
                {
                    source[random.Next(source.Length)] = "{}%#-|()[].'\"=~+ a1"[random.Next(19)];
                }

                try
                {
                    new ChatTemplate("x", new string(source)).Render([new("messages", messages)]);
                }
                catch (ModelFormatException)
                {
                }
            }
        }
    }

    // Each level goes through the list of the one below for each item.
    private static string Nested(int levels) => levels == 0 ? "messages" : $"messages | selectattr('role', 'eq', ({Nested(levels - 1)} | first).role)";

    private static JsonElement Cases() => JsonDocument.Parse(File.ReadAllText(Fixtures.Own("chat-templates/expected.json"))).RootElement;

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToArray(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(member => member.Name, member => Value(member.Value)),
        _ => value.GetString(),
    };
}
