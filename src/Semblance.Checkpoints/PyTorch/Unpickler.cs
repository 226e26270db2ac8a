using System.Buffers.Binary;
using System.Numerics;

namespace Semblance.Checkpoints;

/// <summary>
/// Interprets a Python pickle (protocols 2 to 5) of tensors. Only the opcodes below, the names of <see cref="PickleGlobal"/> and the calls
/// that this class implements are allowed. Nothing is imported or executed.
/// </summary>
/// <remarks>
/// Values are <c>null</c>, bool, long, BigInteger, double, string, byte[], tuples as object?[], lists, dictionaries by text,
/// <see cref="PickleGlobal"/>, <see cref="StorageReference"/> and <see cref="TensorReference"/>. <see cref="MaxSteps"/> and
/// <see cref="PickleReader.MaxLength"/> limit the cost of a pickle.
/// </remarks>
internal sealed class Unpickler(MappedFile file, long start, long end)
{
    private const int MaxSteps = 2_000_000; // some 50 000 tensors
    private const int MaxRank = 32;
    private const int MaxGlobal = PickleReader.MaxLine;

    private readonly PickleReader _reader = new(file, start, end);
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private int _steps;

    private int Bottom => _marks.Count > 0 ? _marks[^1] : 0;

    /// <summary>Gets the offset of the next byte; after <see cref="Run"/>, the offset after the pickle.</summary>
    public long Position => _reader.Position;

    /// <summary>Gets the storages that the pickle refers to, by their keys.</summary>
    public Dictionary<string, StorageReference> Storages { get; } = [];

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="CheckpointFormatException">The pickle is damaged or needs more than tensors.</exception>
    public object? Run()
    {
        while (true)
        {
            Charge(1);
            var at = _reader.Position;
            var opcode = _reader.ReadByte();
            if (opcode == '.')
            {
                return Pop();
            }

            if (!PushConstant(opcode) && !Collect(opcode) && !Refer(opcode))
            {
                throw Fault(
                    $"has the opcode 0x{opcode:x2} at byte {at}, which is not needed for tensors; only tensors are read from pickles. "
                    + "Convert the file to safetensors.");
            }
        }
    }

    /// <summary>Interprets the opcodes that push a value or frame the stream.</summary>
    private bool PushConstant(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                return _reader.ReadByte() is >= 2 and <= 5 ? true : throw Fault("has a protocol other than 2 to 5.");
            case 0x95: // FRAME
                _reader.Take(8);
                return true;
            case (byte)'N':
                return Push(null);
            case 0x88: // NEWTRUE
                return Push(true);
            case 0x89: // NEWFALSE
                return Push(false);
            case (byte)'K': // BININT1
                return Push((long)_reader.ReadByte());
            case (byte)'M': // BININT2
                return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(_reader.Take(2)));
            case (byte)'J': // BININT
                return Push((long)BinaryPrimitives.ReadInt32LittleEndian(_reader.Take(4)));
            case 0x8a: // LONG1
                var digits = _reader.Take(_reader.ReadByte());
                var number = new BigInteger(digits);
                return Push(digits.Length <= sizeof(long) ? (object)(long)number : number);
            case (byte)'G': // BINFLOAT
                return Push(BinaryPrimitives.ReadDoubleBigEndian(_reader.Take(8)));
            case (byte)'U': // SHORT_BINSTRING, a text of Python 2
            case 0x8c: // SHORT_BINUNICODE
                return Push(_reader.ReadText(_reader.ReadByte()));
            case (byte)'T': // BINSTRING
            case (byte)'X': // BINUNICODE
                return Push(_reader.ReadText(_reader.ReadLength()));
            case (byte)'C': // SHORT_BINBYTES
                return Push(_reader.Take(_reader.ReadByte()).ToArray());
            case (byte)'B': // BINBYTES
                return Push(_reader.Take(_reader.ReadLength()).ToArray());
            default:
                return false;
        }
    }

    /// <summary>Interprets the opcodes that make and fill tuples, lists and dictionaries.</summary>
    private bool Collect(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(': // MARK
                _marks.Add(_stack.Count);
                return true;
            case (byte)'0': // POP
                Pop();
                return true;
            case (byte)'1': // POP_MARK
                PopToMark();
                return true;
            case (byte)')': // EMPTY_TUPLE
                return Push(Array.Empty<object?>());
            case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                return Push(PopMany(opcode - 0x84));
            case (byte)'t': // TUPLE
                return Push(PopToMark());
            case (byte)']': // EMPTY_LIST
                return Push(new List<object?>());
            case (byte)'l': // LIST
                return Push(PopToMark().ToList());
            case (byte)'a': // APPEND
                var item = Pop();
                Top<List<object?>>().Add(item);
                return true;
            case (byte)'e': // APPENDS
                var items = PopToMark();
                Top<List<object?>>().AddRange(items);
                return true;
            case (byte)'}': // EMPTY_DICT
                return Push(new OrderedDictionary<string, object?>());
            case (byte)'d': // DICT
                var pairs = PopToMark();
                Push(new OrderedDictionary<string, object?>());
                return SetItems(pairs);
            case (byte)'s': // SETITEM
                return SetItems(PopMany(2));
            case (byte)'u': // SETITEMS
                return SetItems(PopToMark());
            default:
                return false;
        }
    }

    /// <summary>Interprets the opcodes of the memo, of names and of calls.</summary>
    private bool Refer(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'q': // BINPUT
                return Memoize(_reader.ReadByte());
            case (byte)'r': // LONG_BINPUT
                return Memoize(BinaryPrimitives.ReadUInt32LittleEndian(_reader.Take(4)));
            case 0x94: // MEMOIZE
                return Memoize((uint)_memo.Count);
            case (byte)'h': // BINGET
                return Push(Recall(_reader.ReadByte()));
            case (byte)'j': // LONG_BINGET
                return Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(_reader.Take(4))));
            case (byte)'c': // GLOBAL
                return PushGlobal(_reader.ReadLine(), _reader.ReadLine());
            case 0x93: // STACK_GLOBAL
                var name = Pop();
                return PushGlobal(Pop() as string, name as string);
            case (byte)'Q': // BINPERSID
                return Push(Storage(Pop() as object?[]));
            case (byte)'R': // REDUCE
                var arguments = Pop() as object?[];
                return Push(Call(Pop() as PickleGlobal, arguments));
            case (byte)'b': // BUILD: the attributes of a dictionary (versions of modules), not needed
                Pop();
                Top<OrderedDictionary<string, object?>>();
                return true;
            default:
                return false;
        }
    }

    private object? Call(PickleGlobal? function, object?[]? arguments) => (function?.Name, arguments) switch
    {
        ("collections.OrderedDict", []) => new OrderedDictionary<string, object?>(),
        ("collections.OrderedDict", [List<object?> pairs]) => Dictionary(pairs), // as Python 2 writes it
        ("torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2",
            [StorageReference storage, long offset, object?[] sizes, object?[] strides, ..]) =>
            new TensorReference(storage, offset, Numbers(sizes), Numbers(strides)),
        ("torch._utils._rebuild_parameter", [TensorReference tensor, ..]) => tensor,
        ("torch.Size", [object?[] size]) => size,
        ("torch.device", _) => null,
        _ => throw Fault(
            $"calls '{function?.Name ?? "something unnamed"}' with unexpected arguments; it is damaged or not a dictionary of tensors."),
    };

    private StorageReference Storage(object?[]? id)
    {
        if (id is not (["storage", PickleGlobal, string, _, >= 0L] or ["storage", PickleGlobal, string, _, >= 0L, null])
            || ((PickleGlobal)id[1]!).Storage is not { } type)
        {
            throw Fault("refers to something other than a whole, typed storage; convert the file to safetensors.");
        }

        var storage = new StorageReference(Key(id[2]), type, (long)id[4]!);
        Storages.TryAdd(storage.Key, storage);
        return storage;
    }

    private long[] Numbers(object?[] values) => values.Length <= MaxRank
        ? Array.ConvertAll(values, value => value is long number ? number : throw Fault("has a shape with a value that is not an integer."))
        : throw Fault($"has a tensor of {values.Length} dimensions; at most {MaxRank} are supported.");

    private OrderedDictionary<string, object?> Dictionary(List<object?> pairs)
    {
        Charge(pairs.Count);
        var dictionary = new OrderedDictionary<string, object?>();
        foreach (var pair in pairs)
        {
            var (key, value) = pair switch
            {
                List<object?> and [var k, var v] => (k, v),
                object?[] and [var k, var v] => (k, v),
                _ => throw Fault("has a dictionary with an item that is not a pair."),
            };
            dictionary[Key(key)] = value;
        }

        return dictionary;
    }

    private bool SetItems(object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw Fault("has a dictionary with a key but no value.");
        }

        var dictionary = Top<OrderedDictionary<string, object?>>();
        for (var i = 0; i < pairs.Length; i += 2)
        {
            dictionary[Key(pairs[i])] = pairs[i + 1];
        }

        return true;
    }

    private string Key(object? key) => key switch
    {
        string { Length: > TensorInfo.MaxNameLength } text =>
            throw Fault($"has a key of {text.Length:N0} characters; expected at most {TensorInfo.MaxNameLength:N0}."),
        string text => text,
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture), // the state of an optimizer beside the tensors
        _ => throw Fault("has a dictionary with a key that is neither text nor an integer."),
    };

    private bool PushGlobal(string? module, string? name)
    {
        if (module?.Length + name?.Length > MaxGlobal)
        {
            throw Fault($"refers to a name of more than {MaxGlobal} characters.");
        }

        var global = $"{module}.{name}";
        return PickleGlobal.IsAllowed(global)
            ? Push(new PickleGlobal(global))
            : throw Fault($"refers to '{global}'; only tensors are read from pickles. Convert the file to safetensors.");
    }

    private bool Memoize(uint index)
    {
        // Python numbers its memo from 0; any other number would let a few bytes request gigabytes.
        if (index > _memo.Count)
        {
            throw Fault($"memoizes as number {index} when there are only {_memo.Count}.");
        }

        var value = Top();
        if (index == _memo.Count)
        {
            _memo.Add(value);
        }
        else
        {
            _memo[(int)index] = value;
        }

        return true;
    }

    private object? Recall(uint index) =>
        index < _memo.Count ? _memo[(int)index] : throw Fault($"recalls number {index}, which was never memoized.");

    private bool Push(object? value)
    {
        _stack.Add(value);
        return true;
    }

    private object? Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        var first = _stack.Count - count;
        if (first < Bottom)
        {
            throw Fault("takes more from its stack than there is on it.");
        }

        var values = _stack.GetRange(first, count).ToArray();
        _stack.RemoveRange(first, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Fault("looks for a mark that was never set.");
        }

        var values = PopMany(_stack.Count - _marks[^1]);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    private object? Top() => _stack.Count > Bottom ? _stack[^1] : throw Fault("takes more from its stack than there is on it.");

    private T Top<T>() => Top() is T value ? value : throw Fault("fills something that is neither a list nor a dictionary.");

    private void Charge(int steps)
    {
        if ((_steps += steps) > MaxSteps)
        {
            throw Fault($"takes more than {MaxSteps} steps, far more than tensors need.");
        }
    }

    private CheckpointFormatException Fault(string problem) => _reader.Fault(problem);
}
