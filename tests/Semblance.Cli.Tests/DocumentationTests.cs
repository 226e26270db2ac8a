using System.Text.RegularExpressions;
using Semblance.Cli.Commands;

namespace Semblance.Cli.Tests;

/// <summary>The commands that pages show.</summary>
public partial class DocumentationTests
{
    private static readonly string[] Pages =
    [
        "README.md", "README.zh-CN.md", "recipes/README.md", "src/Semblance.Cli/README.md",
        .. Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "docs"), "*.md").Select(file => "docs/" + Path.GetFileName(file)),
    ];

    public static TheoryData<string> PagesWithCommands => [.. Pages.Where(page => Commands().IsMatch(Read(page)))];

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public void A_page_with_a_command_says_how_to_install_it(string page)
    {
        var text = Read(page);
        (page == "docs/installing.md" || text.Contains("installing.md)") || text.Contains("dotnet tool install")).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task A_command_of_a_page_exists(string page)
    {
        var help = (await Outcome.OfAsync("--help")).Output;
        var known = Regex.Matches(help, @"^  ([a-z-]+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet();
        known.ShouldContain("encode");
        Commands().Matches(Read(page)).Select(match => match.Groups[1].Value).Distinct().ShouldAllBe(name => known.Contains(name));
    }

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public void A_recipe_that_a_page_trains_is_bundled_or_a_file(string page)
    {
        string[] own = ["mine.yaml", "NAME", "RECIPE", "objective-NAME"];
        var names = BundledRecipes.Names();
        Trainings().Matches(Read(page)).Select(match => match.Groups[1].Value).ShouldAllBe(
            name => own.Contains(name) || names.Contains(name) || File.Exists(Path.Combine(Fixtures.Repository, name)));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(Fixtures.Repository, page));

    // A command in a line of its own, or between backquotes.
    [GeneratedRegex(@"(?:^ *|`)semblance ([a-z][a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Commands();

    [GeneratedRegex(@"(?:^ *|`)semblance train ([^ `\n]+)", RegexOptions.Multiline)]
    private static partial Regex Trainings();
}
