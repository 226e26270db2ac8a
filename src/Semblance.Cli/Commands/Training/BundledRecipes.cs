using System.Text.RegularExpressions;
using Semblance.Files;

namespace Semblance.Cli.Commands;

/// <summary>Finds the recipes and the sample data that lie beside the command, as the bundled model does.</summary>
internal static partial class BundledRecipes
{
    private const string Extension = ".yaml";
    private const string Sample = "sample/";
    private const string OutputKey = "output: ";

    /// <summary>Gets the folder of the recipes.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "recipes");

    /// <summary>Gets the folder of the sample data, which the recipes whose names begin with <c>sample/</c> read.</summary>
    public static string SampleData { get; } = Path.Combine(Folder, "sample", "data");

    /// <summary>Returns the names of all recipes, such as <c>sample/ranking</c>, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names() => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.EnumerateFiles(Folder, "*" + Extension, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file)[..^Extension.Length].Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns the file of a recipe.</summary>
    /// <param name="name">The name, or the path of a file of the user's.</param>
    /// <param name="data">The default folder of its data: that of the sample data for a recipe that reads them.</param>
    /// <exception cref="FileNotFoundException">There is no such file, and no recipe of that name.</exception>
    public static string Find(string name, out string data)
    {
        data = ".";
        if (File.Exists(name))
        {
            return name;
        }

        var names = Names();
        if (names.Contains(name))
        {
            data = name.StartsWith(Sample, StringComparison.Ordinal) ? SampleData : ".";
            return PathOf(name);
        }

        throw new FileNotFoundException(
            $"{name}: there is no such file, and no recipe of that name; 'semblance recipes' lists the recipes."
            + SimilarName.Question(name, names));
    }

    /// <summary>Returns the text of a recipe.</summary>
    public static string Text(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Returns what a recipe trains, in one line: the first sentence of its comment, without what is in parentheses.</summary>
    public static string Summary(string name)
    {
        var comment = string.Join(' ', File.ReadLines(PathOf(name)).TakeWhile(line => line.StartsWith("# ", StringComparison.Ordinal))
            .Select(line => line[2..]));
        comment = Parentheses().Replace(comment, "");
        var end = comment.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? comment : comment[..end]).TrimEnd('.');
    }

    /// <summary>Returns the recipe that writes to a folder; <see langword="null"/> if none does.</summary>
    public static string? WriterOf(string folder) => Names().FirstOrDefault(
        name => File.ReadLines(PathOf(name)).Any(line => line.StartsWith(OutputKey, StringComparison.Ordinal)
            && (folder + "/").StartsWith(line[OutputKey.Length..].Trim() + "/", StringComparison.Ordinal)));

    /// <summary>Copies all recipes and the sample data to a folder.</summary>
    /// <exception cref="IOException">A file exists already, or cannot be written.</exception>
    public static void CopyTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex(@" \([^)]*\)")]
    private static partial Regex Parentheses();

    private static string PathOf(string name) => Path.Combine(Folder, name.Replace('/', Path.DirectorySeparatorChar) + Extension);
}
