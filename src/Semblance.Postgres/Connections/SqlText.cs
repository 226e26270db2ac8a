using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Semblance.Postgres;

/// <summary>Builds an SQL statement. Values become parameters; only names and keywords of this library become text.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder _text = new();
    private readonly List<(object Value, NpgsqlDbType Type)> _parameters = [];

    /// <summary>Appends SQL, which must not contain values of the caller.</summary>
    public SqlText Add(string sql)
    {
        _text.Append(sql);
        return this;
    }

    /// <summary>Adds a value as a parameter and returns the name of the parameter.</summary>
    public string Text(string? value) => Parameter((object?)value ?? DBNull.Value, NpgsqlDbType.Text);

    /// <inheritdoc cref="Text"/>
    public string Texts(string?[] values) => Parameter(values, NpgsqlDbType.Array | NpgsqlDbType.Text);

    /// <inheritdoc cref="Text"/>
    public string Floats(float[] values) => Parameter(values, NpgsqlDbType.Array | NpgsqlDbType.Real);

    /// <inheritdoc cref="Text"/>
    public string Number(long value) => Parameter(value, NpgsqlDbType.Bigint);

    /// <inheritdoc cref="Text"/>
    public string Number(double value) => Parameter(value, NpgsqlDbType.Double);

    /// <summary>Creates a command for a batch; can be called repeatedly.</summary>
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(ToString());
        foreach (var (value, type) in _parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        }

        return command;
    }

    public override string ToString() => _text.ToString();

    private string Parameter(object value, NpgsqlDbType type)
    {
        _parameters.Add((value, type));
        return $"${_parameters.Count}";
    }
}
