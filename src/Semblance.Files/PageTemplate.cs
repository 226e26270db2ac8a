using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Semblance.Files;

/// <summary>Fills HTML pages that are embedded in an assembly and have named places, such as <c>{{title}}</c>.</summary>
public static partial class PageTemplate
{
    /// <summary>Fills a page.</summary>
    /// <param name="assembly">The assembly that the page is embedded in.</param>
    /// <param name="name">The name of the page.</param>
    /// <param name="content">The HTML of each place by its name. A place without one has the name of another embedded file, such as <c>{{page.css}}</c>.</param>
    /// <returns>The page with LF line endings. What is filled in is not searched for places.</returns>
    /// <exception cref="FileNotFoundException">The assembly has no embedded file of the name of the page or of a place.</exception>
    public static string Fill(Assembly assembly, string name, IReadOnlyDictionary<string, string> content)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(content);
        return Places().Replace(Read(assembly, name), place => content.TryGetValue(place.Groups[1].Value, out var html) ? html : Read(assembly, place.Groups[1].Value));
    }

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"The assembly {assembly.GetName().Name} has no embedded file '{name}'.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    [GeneratedRegex(@"\{\{([a-z.]+)\}\}")]
    private static partial Regex Places();
}
