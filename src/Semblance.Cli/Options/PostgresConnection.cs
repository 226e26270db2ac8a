using Npgsql;
using Semblance.Cli.Input;

namespace Semblance.Cli.Options;

/// <summary>Creates data sources of PostgreSQL from connection strings and URLs.</summary>
internal static class PostgresConnection
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    /// <summary>Returns a value that indicates whether a text is a connection, and not a folder.</summary>
    public static bool Is(string text) => IsUrl(text) || text.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Creates a data source, without connecting.</summary>
    /// <param name="name">The option or the variable with the connection, for messages.</param>
    /// <param name="connection">A connection string of Npgsql, or a URL such as <c>postgres://user@host:5432/database</c>.</param>
    /// <exception cref="InputException">The connection is invalid.</exception>
    public static NpgsqlDataSource Source(string name, string connection)
    {
        try
        {
            var builder = new NpgsqlSlimDataSourceBuilder(IsUrl(connection) ? OfUrl(new Uri(connection)) : connection);
            builder.EnableArrays();
            builder.EnableTransportSecurity();
            builder.EnableIntegratedSecurity();
            return builder.Build();
        }
        catch (Exception e) when (
            e is ArgumentException or FormatException or OverflowException or InvalidOperationException or NotSupportedException)
        {
            // The driver's message can contain a part of the password.
            throw new InputException(
                name,
                "this is not a PostgreSQL connection string; use \"Host=HOST;Database=NAME;Username=USER;Password=SECRET\", "
                + "with quotes around a value that contains a semicolon, or postgres://USER:SECRET@HOST/NAME.");
        }
    }

    private static bool IsUrl(string text) => Array.Exists(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    private static string OfUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnectionStringBuilder { Host = url.Host };
        if (url.Port > 0)
        {
            connection.Port = url.Port;
        }

        if (user[0].Length > 0)
        {
            connection.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            connection.Password = Uri.UnescapeDataString(user[1]);
        }

        if (url.AbsolutePath.Length > 1)
        {
            connection.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        }

        foreach (var setting in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = setting.Split('=', 2) is [var first, var second] ? (first, Uri.UnescapeDataString(second)) : (setting, "");
            if (key == "sslmode")
            {
                connection.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
            }
            else
            {
                connection[key.Replace('_', ' ')] = value;
            }
        }

        return connection.ConnectionString;
    }
}
