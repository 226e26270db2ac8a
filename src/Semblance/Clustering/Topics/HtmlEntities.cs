using System.Net;
using System.Text.RegularExpressions;

namespace Semblance;

/// <summary>Decodes HTML entities in texts from the web.</summary>
internal static partial class HtmlEntities
{
    // Texts that were escaped twice, as in feeds.
    private const int MostPasses = 3;

    /// <summary>
    /// Decodes entities, such as <c>&amp;lt;</c> and <c>&amp;#39;</c>, including those that were escaped twice or whose ampersand was
    /// removed.
    /// </summary>
    public static string Decode(string text)
    {
        for (var pass = 0; pass < MostPasses && text.Contains(';', StringComparison.Ordinal); pass++)
        {
            var decoded = WebUtility.HtmlDecode(Common().Replace(text, entity => $"&{entity.Groups[1].Value.ToLowerInvariant()};"));
            if (decoded == text)
            {
                break;
            }

            text = decoded;
        }

        return text;
    }

    // The most common entities, in any case, with or without their ampersand.
    [GeneratedRegex(
        @"(?<![\w#])&?(lt|gt|amp|quot|apos|nbsp|#[0-9]{1,7}|#x[0-9a-f]{1,6});", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Common();
}
