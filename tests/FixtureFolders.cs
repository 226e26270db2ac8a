using System.Reflection;
using System.Text.RegularExpressions;

namespace Semblance.Tests;

/// <summary>Which of the fixtures' folders the tests of a project read.</summary>
internal static class FixtureFolders
{
    /// <summary>The names of the folders in a folder of the fixtures.</summary>
    public static string[] Of(string path, bool shared = false) => [.. Directory.EnumerateDirectories(shared ? Fixtures.InShared("fixtures/" + path) : Fixtures.Own(path)).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>The first arguments of all tests of this project whose names match.</summary>
    public static HashSet<string> ArgumentsOf(string tests) =>
    [
        .. typeof(FixtureFolders).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => Regex.IsMatch(method.Name, tests))
            .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(method))).Select(arguments => arguments[0]).OfType<string>(),
    ];
}
