using System.Net;
using System.Text.RegularExpressions;

namespace Semblance;

/// <summary>Text from the web as people read it.</summary>
internal static partial class HtmlEntities
{
    // Texts that were escaped twice, as feeds are.
    private const int MostPasses = 3;

    /// <summary>Decodes entities, such as <c>&amp;lt;</c> and <c>&amp;#39;</c>, also those that were escaped again or whose ampersand was stripped.</summary>
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

    // The entities that every page has, in any case, and also without their ampersand.
    [GeneratedRegex(@"(?<![\w#])&?(lt|gt|amp|quot|apos|nbsp|#[0-9]{1,7}|#x[0-9a-f]{1,6});", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Common();
}
