using System.Text.RegularExpressions;

namespace Semblance.Server.Tests.Page;

/// <summary>The page, its files and the map that it draws.</summary>
public sealed partial class PageRoutesTests : IAsyncLifetime
{
    private static readonly (string, string) Browser = ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_browser_gets_the_page_and_other_clients_the_sentence()
    {
        var page = await _server.SendAsync(HttpMethod.Get, "/", headers: Browser);
        page.Status.ShouldBe(200);
        page.Headers["content-type"].ShouldBe("text/html; charset=utf-8");
        page.Headers["vary"].ShouldBe("Accept");
        page.Body.ShouldContain("<title>Semblance</title>");
        (await _server.SendAsync(HttpMethod.Get, "/", headers: ("Accept", "*/*"))).Body.ShouldBe("Ollama is running");
    }

    [Fact]
    public async Task The_page_and_its_modules_name_only_files_of_the_server()
    {
        var page = await _server.SendAsync(HttpMethod.Get, "/", headers: Browser);
        var waiting = new Queue<string>(References().Matches(page.Body).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("page/", StringComparison.Ordinal)));
        var seen = new HashSet<string>();
        while (waiting.TryDequeue(out var file))
        {
            if (!seen.Add(file))
            {
                continue;
            }

            var answer = await _server.GetAsync("/" + file);
            answer.Status.ShouldBe(200, file);
            answer.Headers["content-security-policy"].ShouldContain("default-src 'none'");
            answer.Headers["x-content-type-options"].ShouldBe("nosniff");
            answer.Body.ShouldNotContain("://cdn");
            foreach (Match import in Imports().Matches(answer.Body))
            {
                waiting.Enqueue("page/" + import.Groups[1].Value);
            }
        }

        seen.ShouldContain("page/page.css");
        seen.ShouldContain("page/map.js");
        seen.ShouldContain("page/routes.js");
        (await _server.GetAsync("/page/nothing.js")).Status.ShouldBe(404);
        (await _server.GetAsync("/page/..%2Fappsettings.json")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Both_languages_have_the_same_words()
    {
        var words = (await _server.GetAsync("/page/words.js")).Body;
        var languages = words[words.IndexOf("en: {", StringComparison.Ordinal)..words.IndexOf("export let", StringComparison.Ordinal)].Split("zh: {");
        var names = languages.Select(language => Names().Matches(Strings().Replace(language, "''")).Select(match => match.Groups[1].Value).Order().ToArray()).ToArray();
        names[0].Length.ShouldBeGreaterThan(50);
        names[1].ShouldBe(names[0].Where(name => name != "en"));
    }

    [Fact]
    public async Task A_map_has_a_point_and_a_group_for_each_text()
    {
        var answer = await _server.PostAsync("/v1/map", """{"texts":["a dog runs","a cat sleeps","prices fell","stocks rose","一只狗在跑"],"groups":2}""");
        answer.Status.ShouldBe(200, answer.Body);
        answer.Headers.ShouldContainKey("x-compute-tokens");
        var points = answer.Json.GetProperty("points").EnumerateArray().Select(point => point.GetArrayLength()).ToArray();
        points.ShouldBe([2, 2, 2, 2, 2]);
        answer.Json.GetProperty("groups").EnumerateArray().Select(group => group.GetInt32()).ShouldAllBe(group => group == 0 || group == 1);
        answer.Json.GetProperty("words").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"texts":[]}""", "`texts` cannot be empty")]
    [InlineData("""{"texts":["a",""]}""", "`texts` cannot be empty")]
    [InlineData("""{"texts":["a"],"groups":0}""", "`groups` is 0; it must be from 1 to 64.")]
    [InlineData("""{"texts":"a"}""", "`texts`")]
    public async Task A_map_of_wrong_settings_is_refused(string body, string message)
    {
        var answer = await _server.PostAsync("/v1/map", body);
        answer.Status.ShouldBeInRange(400, 422);
        answer.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex References();

    [GeneratedRegex(@"from '\./([a-z]+\.js)'")]
    private static partial Regex Imports();

    [GeneratedRegex(@"'(?:[^'\\]|\\.)*'|`[^`]*`")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\b([a-zA-Z_]+):")]
    private static partial Regex Names();
}
